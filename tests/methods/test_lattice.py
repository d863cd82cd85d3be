import numpy as np
import pytest

from workbench.methods.lattice import Lattice, _corners, _simplices


@pytest.mark.parametrize("depth", [1, 2, 3, 5])
def test_each_point_lies_in_its_simplex(depth: int) -> None:
    features = np.random.default_rng(depth).normal(0, 4, (500, depth))
    nearest, order, shares = _simplices(features)
    assert (shares > -1e-9).all()
    assert np.allclose(shares.sum(axis=1), 1)
    assert (nearest.sum(axis=1) == 0).all()
    assert (np.sort(order, axis=1) == np.arange(depth + 1)).all()
    assert (nearest % (depth + 1) == 0).all()


@pytest.mark.parametrize("depth", [1, 2, 3, 5])
def test_the_corners_shares_give_the_point_back(depth: int) -> None:
    features = np.random.default_rng(depth).normal(0, 4, (200, depth))
    nearest, order, shares = _simplices(features)
    where = np.zeros((200, depth))
    for axis in range(depth):  # the number of a corner is linear in it: a digit of 1 reads one coordinate
        digits = (np.arange(depth) == axis).astype(int)
        where[:, axis] = (shares * _corners(nearest[:, :depth], order, digits)).sum(axis=1)
    unit = np.eye(depth)
    # The raising is linear, too: fitted, it leaves nothing over.
    fitted, *_ = np.linalg.lstsq(features, where, rcond=None)
    assert np.allclose(features @ fitted, where)
    assert np.linalg.matrix_rank(unit @ fitted) == depth


@pytest.mark.parametrize(("depth", "worst"), [(1, 0.08), (2, 0.12), (3, 0.17)])
def test_sums_are_nearly_gaussian(depth: int, worst: float) -> None:
    rng = np.random.default_rng(depth)
    features, values = rng.random((800, depth)) * 4, rng.random((800, 2))
    exact = np.exp(-np.square(features[:, None] - features).sum(axis=2) / 2) @ values
    ratio = Lattice(features).sums(values) / exact
    assert np.abs(ratio / np.median(ratio) - 1).max() < worst


def test_far_points_do_not_hear_each_other() -> None:
    features = np.array([[0.0, 0, 0, 0, 0], [30, 0, 0, 0, 0]])
    assert Lattice(features).sums(np.eye(2))[[0, 1], [1, 0]].tolist() == [0, 0]
