import pytest
import torch

from workbench.models.classifier import Classifier, activation_maps
from workbench.trace import Trace, listen

SMALL = (4, 6, 8, 10)


def made(things=3):
    torch.manual_seed(0)
    return Classifier(things, SMALL).eval()


@pytest.mark.parametrize("size", [(64, 64), (32, 96), (8, 8)])
def test_a_map_averages_to_its_score_without_the_bias(size):
    """The identity of class activation maps: the linear layer may come before the average or after it."""
    net, pictures = made(), torch.randn(2, 3, *size)
    with torch.inference_mode():
        scores, maps = net.look(pictures)
        assert maps.shape == (2, 3, size[0] // 8, size[1] // 8)
        torch.testing.assert_close(maps.mean(dim=(2, 3)) + net.judge.bias, scores)
        torch.testing.assert_close(net(pictures), scores)


def test_a_map_is_the_weighted_sum_of_the_features():
    """Computed anew, a place, a class and a channel at a time."""
    features, weights = torch.randn(2, 4, 3, 5), torch.randn(3, 4)
    maps = activation_maps(features, weights)
    for b, k, r, c in ((0, 0, 0, 0), (1, 2, 2, 4), (0, 1, 1, 3)):
        expected = sum(float(weights[k, n] * features[b, n, r, c]) for n in range(4))
        assert float(maps[b, k, r, c]) == pytest.approx(expected, abs=1e-5)


def test_where_a_feature_is_does_not_change_the_score():
    net = made()
    features = torch.randn(1, 10, 4, 4)
    moved = features.roll((1, 2), dims=(2, 3))
    score = lambda x: net.judge(x.mean(dim=(2, 3)))  # noqa: E731
    torch.testing.assert_close(score(features), score(moved))
    assert not torch.equal(
        activation_maps(features, net.judge.weight), activation_maps(moved, net.judge.weight)
    )


def test_it_is_as_large_as_it_says():
    assert sum(p.numel() for p in Classifier().parameters()) == pytest.approx(0.486e6, rel=0.01)


def test_it_shows_its_features():
    with listen(Trace()) as trace:
        made()(torch.zeros(1, 3, 32, 32))
    assert [stage.name for stage in trace.stages] == ["fine features", "deep features"]


def test_refuses_sides_that_its_halvings_do_not_divide():
    with pytest.raises(ValueError, match=r"Classifier: sides must be multiples of 8, got \(33, 64\)"):
        made()(torch.zeros(1, 3, 33, 64))
