"""How does the customer feel? Text (and recent turns) in, `EmotionReading` out."""
