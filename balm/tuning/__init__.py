"""Fine-tuning: an encoder learns the designer's intents itself, not only the head on top of it.

    options.py     what a designer may choose, checked
    augment.py     altered copies of the examples (synonyms.yml holds the words)
    tuned.py       the one door: an encoder in, a fine-tuned encoder in a folder of its own out
      body.py      what is trained: layers, word vectors, texts to embeddings
        exported.py      ... of a folder that the recipe wrote (dequantise.py brings its weights back)
        hugging_face.py  ... of any Hugging Face model
      loop.py      epochs, layer-wise rates, loss
        adversary.py     a push against the loss (FGM)
      lora.py      small matrices beside frozen ones

Only the training needs torch, onnx and (for LoRA) peft, which Balm's extra `hf` installs; what the
bundled encoder becomes is served by ONNX Runtime like the bundled encoder itself.
"""

from balm.tuning.options import TuneOptions

__all__ = ["TuneOptions"]
