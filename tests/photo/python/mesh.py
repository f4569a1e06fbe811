"""mesh.py PICTURE...: the points that MediaPipe finds, one line of JSON for each picture; null where it finds no face."""
import json
import sys

import mediapipe
import numpy
from PIL import Image

finder = mediapipe.solutions.face_mesh.FaceMesh(static_image_mode=True, max_num_faces=1, refine_landmarks=False)
for path in sys.argv[1:]:
    picture = numpy.ascontiguousarray(Image.open(path).convert("RGB"))
    faces = finder.process(picture).multi_face_landmarks
    height, width = picture.shape[:2]
    print(json.dumps(faces and [[point.x * width, point.y * height] for point in faces[0].landmark]))
