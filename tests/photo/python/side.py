"""side.py network MODEL | pipeline PICTURE: a peer for the bench, on one thread.

Says "ready", and then does one operation for each line of standard input, answering how many nanoseconds it took. `network` runs
a model file with LiteRT. `pipeline` goes from a JPEG file to the points of the face and to which pixels are the person, with MediaPipe.
"""
import os
import sys
import time

os.environ["OMP_NUM_THREADS"] = "1"


def network(model):
    import numpy
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(model, num_threads=1)
    interpreter.allocate_tensors()
    entry = interpreter.get_input_details()[0]
    numbers = numpy.random.default_rng(1).random(entry["shape"], dtype=numpy.float32)
    interpreter.set_tensor(entry["index"], numbers)
    return interpreter.invoke


def pipeline(path):
    import cv2
    import mediapipe

    cv2.setNumThreads(1)
    face = mediapipe.solutions.face_mesh.FaceMesh(static_image_mode=True, max_num_faces=2, refine_landmarks=False)
    person = mediapipe.solutions.selfie_segmentation.SelfieSegmentation(model_selection=0)

    def look():
        picture = cv2.cvtColor(cv2.imread(path), cv2.COLOR_BGR2RGB)
        assert face.process(picture).multi_face_landmarks
        assert person.process(picture).segmentation_mask is not None

    return look


operation = {"network": network, "pipeline": pipeline}[sys.argv[1]](sys.argv[2])
print("ready", flush=True)
for _ in sys.stdin:
    begin = time.perf_counter_ns()
    operation()
    print(time.perf_counter_ns() - begin, flush=True)
