"""Writes keras-optimizers.json and keras-lstm.json beside itself. See README.md for when and with what they were made."""
import json
import pathlib

import keras
import numpy as np

FOLDER = pathlib.Path(__file__).parent
LEARNING_RATE = 0.01


def optimizer_vectors():
    rng = np.random.default_rng(7)
    start = rng.normal(size=6).astype("float32")
    gradients = rng.normal(size=(5, 6)).astype("float32")
    gradients[:, 0] = 0
    gradients[2, 1] = 1e-6
    makers = {
        "adam": keras.optimizers.Adam(LEARNING_RATE, epsilon=1e-7),
        "rmsprop": keras.optimizers.RMSprop(LEARNING_RATE, rho=0.9, epsilon=1e-7),
        "sgd": keras.optimizers.SGD(LEARNING_RATE),
    }
    after = {}
    for name, optimizer in makers.items():
        variable = keras.Variable(start)
        steps = []
        for gradient in gradients:
            optimizer.apply([keras.ops.convert_to_tensor(gradient)], [variable])
            steps.append(np.asarray(variable).tolist())
        after[name] = steps
    return {"learningRate": LEARNING_RATE, "start": start.tolist(), "gradients": gradients.tolist(), "after": after}


def lstm_vectors():
    rng = np.random.default_rng(11)
    batch, time, inputs, units = 3, 5, 4, 3
    lengths = [5, 3, 1]
    x = rng.normal(size=(batch, time, inputs)).astype("float32")
    kernel = rng.normal(size=(inputs, 4 * units), scale=0.5).astype("float32")
    recurrent = rng.normal(size=(units, 4 * units), scale=0.5).astype("float32")
    bias = rng.normal(size=4 * units, scale=0.5).astype("float32")
    layer = keras.layers.LSTM(units)
    layer.build(x.shape)
    layer.set_weights([kernel, recurrent, bias])
    mask = np.arange(time)[None, :] < np.array(lengths)[:, None]
    last = np.asarray(layer(x, mask=mask))
    return {
        "lengths": lengths,
        "x": x.tolist(),
        "kernel": kernel.tolist(),
        "recurrent": recurrent.tolist(),
        "bias": bias.tolist(),
        "lastStates": last.tolist(),
    }


for file, vectors in {"keras-optimizers": optimizer_vectors(), "keras-lstm": lstm_vectors()}.items():
    (FOLDER / f"{file}.json").write_text(json.dumps(vectors) + "\n")
print(keras.__version__)
