"""opencv.py: the classical steps of our measures, done by OpenCV.

Standard input is what our steps begin with, one after the other as `core/photo/src/measure/opencv.rs` writes it; standard output is
what OpenCV makes of it, in the order of the functions below, as 32-bit floats, little endian.
"""
import sys

import cv2
import numpy

SIDE = 616
# Where OFIQ lays the eyes, the tip of the nose and the corners of the mouth.
PLACES = numpy.float64([[251, 272], [364, 272], [308, 336], [262, 402], [355, 402]])
# Of the aligned picture, what of it is looked at for the background: left, top, width, height; and the size that it is brought to.
LOOKED_AT = (62, 0, 492, 508)
SMALL = (354, 295)

given = sys.stdin.buffer.read()
offset = 0


def take(kind, *shape):
    global offset
    numbers = numpy.frombuffer(given, kind, int(numpy.prod(shape)), offset)
    offset += numbers.nbytes
    return numbers.reshape(shape)


def say(numbers):
    sys.stdout.buffer.write(numpy.ascontiguousarray(numbers, "<f4").tobytes())


def similarity(here, there):
    """Turn, scale and move by least squares (Umeyama), as the matrix that OpenCV takes."""
    x, y = here[:, 0], here[:, 1]
    none, one = numpy.zeros_like(x), numpy.ones_like(x)
    rows = numpy.concatenate([numpy.stack([x, -y, one, none], 1), numpy.stack([y, x, none, one], 1)])
    cos, sin, right, down = numpy.linalg.lstsq(rows, there.T.ravel(), rcond=None)[0]
    return numpy.float64([[cos, -sin, right], [sin, cos, down]])


def linear(srgb):
    return numpy.where(srgb > 0.04045, ((srgb + 0.055) / 1.055) ** 2.4, srgb / 12.92).astype("f4")


def shift(across, down):
    """The second difference in one direction, as a kernel."""
    reach = max(abs(across), abs(down))
    kernel = numpy.zeros((2 * reach + 1, 2 * reach + 1), "f4")
    kernel[reach, reach] = -2
    kernel[reach + down, reach + across] += 1
    kernel[reach - down, reach - across] += 1
    return kernel


width, height = take("<u4", 2)
picture = take("u1", height, width, 3)
found = take("<f4", 5, 2)
to_here = similarity(found.astype("f8"), PLACES)
say(cv2.warpAffine(picture, to_here, (SIDE, SIDE), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE))

aligned = take("u1", SIDE, SIDE, 3)
say(cv2.cvtColor(linear(aligned / 255), cv2.COLOR_RGB2XYZ)[:, :, 1] * 255)
say(cv2.cvtColor(aligned, cv2.COLOR_RGB2GRAY))
left, top, across, down = LOOKED_AT
say(cv2.cvtColor(linear(cv2.resize(aligned[top : top + down, left : left + across], SMALL) / 255), cv2.COLOR_RGB2XYZ)[:, :, 1] * 255)

outline = numpy.rint(cv2.convexHull(take("<f4", 29, 2))).astype("i4")
say(cv2.fillConvexPoly(numpy.zeros((SIDE, SIDE), "u1"), outline, 1))

luminance, luma, face = take("u1", SIDE, SIDE), take("u1", SIDE, SIDE), take("u1", SIDE, SIDE)
say(cv2.calcHist([luminance], [0], face, [256], [0, 256]))
mean, deviation = cv2.meanStdDev(luminance, mask=face)
say([mean[0, 0] / 255, (deviation[0, 0] / 255) ** 2])
say(cv2.Sobel(luminance, cv2.CV_32F, 1, 0))
say(cv2.Sobel(luminance, cv2.CV_32F, 0, 1))
say(cv2.Laplacian(luma, cv2.CV_32F, ksize=1))
for direction in [(3, 0), (0, 3), (2, 2), (2, -2)]:
    say(cv2.filter2D(luma.astype("f4"), cv2.CV_32F, shift(*direction), borderType=cv2.BORDER_REFLECT_101))

background = take("u1", SMALL[1], SMALL[0])
say(cv2.erode(background, numpy.ones((4, 4), "u1"), anchor=(2, 2), borderType=cv2.BORDER_CONSTANT, borderValue=0))
say(cv2.cvtColor(take("<f4", 1, 1, 3), cv2.COLOR_RGB2Lab)[0, 0])
assert offset == len(given)
