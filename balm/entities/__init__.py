"""What does the customer speak of? What is regular is matched; what is not is learned from examples."""
