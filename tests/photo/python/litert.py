"""litert.py MODEL INPUT OUTPUT: runs a model file with LiteRT on one thread. Numbers are 32-bit floats, little endian."""
import sys

import numpy
from ai_edge_litert.interpreter import Interpreter

model, given, wanted = sys.argv[1:]
interpreter = Interpreter(model, num_threads=1)
interpreter.allocate_tensors()
entry = interpreter.get_input_details()[0]
interpreter.set_tensor(entry["index"], numpy.fromfile(given, dtype="<f4").reshape(entry["shape"]))
interpreter.invoke()
outputs = [interpreter.get_tensor(output["index"]).ravel() for output in interpreter.get_output_details()]
numpy.concatenate(outputs).astype("<f4").tofile(wanted)
