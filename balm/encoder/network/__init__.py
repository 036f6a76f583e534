"""The encoder as a torch network, for whoever trains one: the recipe here, a designer's fine-tuning.

    student.py   the layers, and what one pass yields
    batches.py   texts of similar length side by side
    pace.py      how fast the weights learn in the course of a run
    fused.py     the layers once more, in the few operators of an exported graph
    export.py    the way into an int8 ONNX graph

It knows neither of the two. Only this folder's readers need torch; serving does not.
"""
