"""The field's words, each with what it means and the lesson that introduces it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Term:
    """Hold a word of the field, the number of the lesson that sets it in bold, and its meaning."""

    name: str
    lesson: str
    meaning: str


def terms() -> list[Term]:
    """List all terms by name, whatever their case.

    >>> terms()[0].name < terms()[-1].name, "IoU" in [term.name for term in terms()]
    (True, True)
    """
    return sorted(_read(), key=lambda term: term.name.lower())


def find(word: str) -> list[Term]:
    """List the terms whose name or meaning holds a word.

    >>> [term.name for term in find("between-class")]
    ['between-class variance']
    """
    wanted = word.lower()
    return [term for term in terms() if wanted in f"{term.name} {term.meaning}".lower()]


def _read() -> Iterator[Term]:
    for line in TERMS.strip().splitlines():
        name, lesson, meaning = (part.strip() for part in line.split("|"))
        yield Term(name, lesson, meaning)


# The name is as the lesson sets it in bold, upper and lower case aside; a test looks it up there.
TERMS = """
active contour | 06 | A closed curve that moves until it lies on an outline.
alpha | 64 | The share of a pixel that belongs to the front, 0 to 1.
anchors | 35 | Boxes of fixed sizes, laid over a picture, from which a network starts to find things.
area-adjusted | 62 | Of an area: corrected by what a sample of looked-at points says of each part of the map.
ASSD | 22 | Mean distance between two outlines, both ways (average symmetric surface distance).
augmentation | 39 | Random changes of training pictures that leave the truth as it is.
average precision | 23 | Mean of the precision where one more thing is found; what is never found counts 0.
balloon | 06 | A snake that also pushes outwards or inwards.
band | 22 | The pixels within a few px of an outline.
batch normalisation | 39 | A layer that takes off the mean of a feature and divides by its deviation.
between-class variance | 01 | How far the means of two classes lie apart, weighed by their sizes.
Boundary F | 22 | F1 of the pixels of an outline that have a partner on the other outline nearby.
boundary IoU | 22 | IoU of the bands along two outlines.
Canny | 02 | Edges: a blur, the steepest places, and a high and a low threshold.
chromatic coordinates | 62 | Red, green and blue, each divided by their sum: the colour whatever the light.
class activation map | 30 | Where in a picture a classifier finds what it names.
class imbalance | 51 | Some categories have far more pixels than others, so that a method may ignore the rare.
classification | 30 | To say what is in a picture, and not where.
cluster | 04 | A group of pixels that are alike.
code | 11 | The few atoms of a dictionary, and their weights, that make up a patch.
consensus | 50 | One truth, made of what several annotators drew.
covering | 25 | Mean of the best IoU of each true region, weighed by size.
cross-entropy | 38 | The loss that asks how much of its belief a network gave to the right category.
crowd | 51 | Many things that were outlined as one, since nobody wanted to count them.
decay | 65 | By how much the score of a film's last quarter is below that of its first.
dense CRF | 09 | A random field in which every two pixels talk to each other.
detection | 30 | To put a box around each thing and name it.
Dice | 00 | Twice the common pixels over the sum of both masks' pixels; the same as F1.
dictionary | 11 | A set of small pictures, of which a few make up any patch.
distance map | 05 | For each pixel, how far it is from the background.
distance transform | 22 | How far each pixel is from the nearest one of a set.
domain | 39 | What a set of pictures is taken in: weather, light, lens, size, things.
domain gap | 39 | By how much a score falls in a domain that was not learnt from.
edge | 02 | Where the brightness changes fast.
elastic deformation | 33 | To pull a training picture out of shape as if drawn on rubber.
EM | 50 | Guess what is hidden, fit the numbers to it, and go round until nothing changes.
energy | 09 | A number for each possible answer: how badly it fits the pixels and the neighbours.
error matrix | 62 | A table of counts: a row for each name on the map, a column for each true name.
excess green | 62 | 2g - r - b of the chromatic coordinates: high on green leaves.
expected cost | 63 | What a part costs on average, both errors weighed by price and by how often they happen.
extreme points | 50 | The topmost, lowest, leftmost and rightmost point of a thing.
F1 | 00 | Harmonic mean of precision and recall.
false alarm | 63 | What is called a flaw and is none.
FCN-8s | 31 | A fully convolutional network with skips, whose map is an eighth as large as the picture.
flood fill | 03 | Region growing from a seed, to all that is alike and connected.
frequency-weighted IoU | 20 | Mean IoU in which each category counts as much as it has pixels.
Gaussian mixture | 04 | Clusters as bell-shaped clouds, each with a spread of its own.
geodesic contour | 06 | A curve that is shortest where it follows edges.
GrabCut | 07 | Learns the colours in a box and outside of it, cuts, and learns again.
gradient | 38 | In which direction, and how fast, a function rises.
graph | 03 | Nodes, and edges between them; here pixels or regions, and their likeness.
Graph cut | 07 | The cheapest way to part the pixels in two, given some of each side.
grey | 00 | One number a pixel: how bright it is.
guided filter | 64 | Makes a mask a linear function of the picture's colours in each small window.
halo | 64 | A rim of the old background's colour around what was cut out.
harmonic mean | 21 | A mean that is near the smaller of two numbers.
Hausdorff distance | 22 | The largest distance from a point of one outline to the other outline.
HD95 | 22 | Hausdorff distance without the worst twentieth.
heat map | 30 | A picture of numbers: bright where something is likely.
histogram | 01 | How many pixels there are of each grey level.
hook | 33 | A function that is called before or after a layer of a network.
ICM | 09 | Changes one pixel after the other to what lowers the energy most.
identity switch | 65 | A thing that is followed through a film and is seen again under another number.
instance | 05 | One single thing, told from others of its kind.
instance-weighted IoU | 61 | IoU in which each thing counts alike, whatever its size.
IoU | 00 | Intersection over union: the common pixels over those that either mask has.
J | 65 | IoU of a mask in a frame, as the DAVIS benchmark calls it.
K-means | 04 | Each pixel joins the nearest of k centres; each centre moves to the mean of its pixels.
kappa | 50 | Agreement of two people beyond what chance alone would give.
land-cover map | 62 | What lies on the ground at each place: water, road, leaves.
Laplacian of Gaussian | 02 | A filter that is zero where a blurred edge is steepest.
learning rate | 38 | How large the steps of training are.
lens | 00 | The question that a score answers: pixels, categories, single things, both, or regions.
level sets | 06 | A curve kept as the zero line of a landscape, so that it can split and merge.
limits of agreement | 50 | The span in which most differences of two measurements lie.
Local binary patterns | 10 | Which of a pixel's neighbours are brighter, as a code; counted in a window.
localisation | 30 | To put a box around the one thing that is asked for.
Mahalanobis distance | 63 | Distance from a mean, measured in deviations that take covariance into account.
mask | 00 | For each pixel, yes or no.
match | 24 | A pair of a true and a guessed segment of one name whose IoU is above one half.
mean field | 09 | Each pixel's belief is updated from the mean belief of the others.
Mean IoU | 20 | Mean of the IoU over all categories.
Mean shift | 04 | Each point climbs to the nearest peak of the crowd around it.
median-frequency balancing | 32 | Rare categories weigh more in the loss: the median frequency over their own.
MSE | 64 | Mean of the squared differences.
near-duplicates | 51 | Pictures that are nearly the same, such as two frames of a film.
Non-maximum suppression | 35 | Of boxes that overlap much, only the surest stays.
Normalised cuts | 07 | A cut whose cost is set against how strongly each side is tied to the whole.
NSD | 22 | The share of two outlines that lie within a tolerance of each other.
optical flow | 65 | By how much the picture has moved at each pixel, from a frame to another.
Otsu | 01 | Chooses the threshold that sets the means of both sides furthest apart.
palette | 51 | A table in a picture's file that gives each number a colour.
panoptic | 24 | Naming every pixel and counting every thing.
panoptic quality | 24 | PQ: how many segments were found (RQ) times how well these are drawn (SQ).
Pareto front | 40 | The methods that no other beats in all respects at once.
pixel accuracy | 20 | The share of pixels with the right name.
precision | 21 | The share of what was called that is right.
premultiplied | 64 | Of colours: multiplied by alpha already.
priority queue | 05 | A list that always gives the smallest number first.
prototypes | 36 | A few maps of a whole picture, from which each thing's mask is mixed.
quadtree | 03 | A square, cut in four, each of them again, as long as it is not even.
random field | 09 | Pixels whose answers depend on what their neighbours answer.
random walker | 07 | A pixel belongs to the seed that a walk from it is likeliest to reach first.
recall | 21 | The share of what is there that was found.
receptive field | 31 | The part of a picture that a number inside a network depends on.
region | 03 | Connected pixels that are alike.
Region growing | 03 | A region takes in neighbours that are like it.
robust PCA | 11 | Splits a matrix into one of low rank and one that is zero almost everywhere.
ROC curve | 63 | The share found of what is looked for, against the share called of all else, at every level.
RoIAlign | 35 | Reads a box out of a map between its pixels, without rounding.
roundness | 60 | Area over squared perimeter, scaled so that a disc has one.
SAD | 64 | Sum of the absolute differences.
Sauvola | 01 | A threshold for each pixel, from the mean and the contrast around it.
seeds | 03 | Pixels that somebody has said the answer of.
segment | 00 | The pixels that carry one number.
segmentation | 00 | A number for each pixel: which segment it belongs to.
sensitivity | 50 | The share of the true object that somebody finds; another word for recall.
shadow | 10 | Where the sun is missing: darker and bluer, with the same pattern.
sharpness | 60 | How much fine detail a picture has; low where it is out of focus.
skips | 31 | Ways past the deep layers, by which fine detail reaches the answer.
SLIC | 08 | Superpixels by k-means of colour and place.
snake | 06 | A curve of points that holds together and is drawn to edges.
Sobel | 02 | A filter that measures how fast the brightness changes along rows and columns.
solidity | 23 | The share of its convex hull that a thing fills.
specificity | 50 | The share of the true ground that somebody leaves alone.
SQ | 24 | Mean IoU of the matched segments.
STAPLE | 50 | A consensus that weighs annotators by a reliability that it estimates itself.
stopping distance | 61 | How far a car drives until it stands: a second of reaction, then the brakes.
superpixels | 08 | A few hundred small, even pieces that a picture is made of.
temporal consistency | 65 | How well answers agree from frame to frame once they are moved along the flow.
texture | 10 | What the neighbours of a pixel do: the pattern around it.
threshold | 01 | One grey level; what is brighter is object.
tiles | 62 | Pieces of a picture that is too large for one go.
track | 65 | To say which things of two frames are the same.
trimap | 64 | Surely object, surely not, and a band between.
truth | 00 | What a person, or the program that made the picture, says is right.
Undersegmentation error | 25 | How much regions leak over the true outlines.
Variation of information | 25 | How many bits two partitions do not tell about each other.
void | 00 | Pixels that nobody judges.
watershed | 05 | Floods a landscape from markers; where two lakes meet is a border.
"""
