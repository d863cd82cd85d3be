import pytest
import torch

from workbench.models.localiser import BETA, Localiser, boxed, edges_of, localising_loss, shares_of

SMALL = (4, 6, 8, 10)


def made(things=2):
    torch.manual_seed(0)
    return Localiser(things, SMALL, thin=4, hidden=8, grid=2).eval()


@pytest.mark.parametrize("size", [(64, 64), (32, 96), (8, 8)])
def test_one_answer_whatever_the_size(size):
    with torch.inference_mode():
        kinds, box = made()(torch.randn(3, 3, *size))
    assert kinds.shape == (3, 3)
    assert box.shape == (3, 4)
    assert 0 < float(box.min()) < float(box.max()) < 1


def test_where_a_feature_is_does_change_the_answer():
    """Unlike the classifier, it reads its grid like a page."""
    net, page = made(), torch.zeros(1, 4, 2, 2)
    page[0, 0, 0, 0] = 5
    read = lambda x: net.box(net.read(x.flatten(1)))  # noqa: E731
    assert not torch.allclose(read(page), read(page.flip(3)))


def test_shares_and_edges_are_each_others_reverse():
    edges = torch.tensor([[10.0, 4, 30, 20], [0, 0, 60, 40]])
    shares = shares_of(edges, (40, 60))
    torch.testing.assert_close(shares[0], torch.tensor([20 / 60, 12 / 40, 20 / 60, 16 / 40]))
    torch.testing.assert_close(edges_of(shares) * torch.tensor([60.0, 40, 60, 40]), edges)


def test_it_finds_the_likeliest_thing_in_pixels():
    net = made()
    with torch.no_grad():
        net.kind.weight.zero_()
        net.kind.bias.copy_(torch.tensor([0.0, 1.0, 2.0]))
        net.box.weight.zero_()
        net.box.bias.copy_(torch.logit(torch.tensor([0.5, 0.5, 0.5, 0.25])))
    found = net.find(torch.randn(2, 3, 32, 64))
    assert [one.labels.tolist() for one in found] == [[2], [2]]
    torch.testing.assert_close(found[0].boxes, torch.tensor([[16.0, 12, 48, 20]]))
    # e^2 over what all three kinds weigh, nothing included.
    assert float(found[0].scores) == pytest.approx(7.38906 / (1 + 2.71828 + 7.38906), rel=1e-4)
    assert int(found[0].masks().sum()) == 32 * 8


def test_a_boxs_mask_holds_the_pixels_whose_centres_it_holds():
    found = boxed(
        torch.tensor([[0.6, 0, 2.4, 1], [0, 0, 0.4, 0.4]]), torch.tensor([1, 1]), torch.ones(2), (2, 3)
    )
    assert found.masks()[0].int().tolist() == [[0, 1, 0], [0, 0, 0]]
    assert not found.masks()[1].any()


def test_the_loss_is_smooth_l1_where_a_thing_is():
    """By hand: errors up to beta cost e^2 / (2 beta), larger ones e - beta / 2; nothing asks for no box."""
    kinds, labels = torch.zeros(2, 3), torch.tensor([2, 0])
    shares = torch.tensor([[0.5, 0.5, 0.45, 0.2], [0.9, 0.9, 0.9, 0.9]])
    truth = torch.tensor([[0.5, 0.5, 0.4, 0.5], [0.0, 0, 0, 0]])
    loss = localising_loss(kinds, shares, labels, truth)
    assert float(loss["box"]) == pytest.approx(5 * (0.05**2 / (2 * BETA) + 0.3 - BETA / 2), rel=1e-4)
    assert float(loss["kind"]) == pytest.approx(1.0986, rel=1e-3)
    nothing = localising_loss(kinds, shares, torch.tensor([0, 0]), truth)
    assert float(nothing["box"]) == 0


def test_it_is_as_large_as_it_says():
    assert sum(p.numel() for p in Localiser().parameters()) == pytest.approx(0.587e6, rel=0.01)


def test_refuses_sides_that_its_halvings_do_not_divide():
    with pytest.raises(ValueError, match=r"Localiser: sides must be multiples of 8, got \(33, 64\)"):
        made()(torch.zeros(1, 3, 33, 64))
