import numpy as np
import pytest
import skimage as ski

from workbench.scenes.exact import ELLIPSES, mosaic, phantom


def test_mosaic_is_cut_from_the_real_textures():
    sample = mosaic()
    ids = sample.truth.category_ids()
    for category in sample.truth.taxonomy:
        here = ids == category.id
        texture = getattr(ski.data, category.name)()
        assert here.mean() > 0.2
        assert (sample.image[here] == texture[here][:, None]).all()


def test_mosaic_is_always_the_same():
    assert mosaic().truth.sha256 == mosaic().truth.sha256
    assert (mosaic().truth.ids > 0).all()


def test_mosaic_cannot_be_thresholded():
    """The three textures' grey levels overlap, so no level tells brick from the rest."""
    sample = mosaic()
    grey, brick = sample.image[..., 0], sample.truth.mask("brick")
    best = max(((grey > n) == brick).mean() for n in range(256))
    assert max(best, 1 - best) < 0.85


def test_phantom_equals_the_published_picture():
    """Off the edges, where the two are antialiased differently, no pixel differs from scikit-image's own."""
    ours, theirs = phantom().image[..., 0].astype(float), 255 * ski.data.shepp_logan_phantom()
    flat = ski.filters.rank.gradient(ours.astype(np.uint8), ski.morphology.disk(2)) == 0
    assert flat.mean() > 0.85
    assert np.abs(ours - theirs)[flat].max() <= 2


def test_phantom_names_its_ellipses():
    sample = phantom()
    assert len(sample.instances) == sum(row[0] in ("ventricle", "tumour") for row in ELLIPSES)
    masks = sample.instances.masks()
    for k, item in enumerate(sample.instances):
        visible = sample.truth.ids == k + 4  # after background, skull and brain
        assert sample.truth.segments[k + 4].category == item.category
        assert visible.any()
        assert masks[k][visible].all()


@pytest.mark.parametrize(("row", "across", "tall"), [(1, 0.6624, 0.874), (5, 0.046, 0.046)])
def test_an_ellipse_has_its_area(row, across, tall):
    from workbench.scenes.exact import _inside

    share = _inside(ELLIPSES[row], 800).mean() * 4
    assert share == pytest.approx(np.pi * across * tall, rel=0.01)
