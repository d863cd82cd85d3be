import numpy as np
import pytest

import workbench as wb
from workbench.methods import low_rank
from workbench.trace import Trace, listen


def _mixed(rank: int, share: float, size: tuple[int, int] = (80, 60)) -> tuple[np.ndarray, np.ndarray]:
    """Make a low-rank matrix and a sparse one with large entries of either sign."""
    rng = np.random.default_rng(1)
    low = rng.normal(size=(size[0], rank)) @ rng.normal(size=(rank, size[1]))
    return low, np.where(rng.random(size) < share, rng.choice([-5.0, 5.0], size), 0.0)


@pytest.mark.parametrize(("rank", "share"), [(1, 0.05), (3, 0.1), (5, 0.05)])
def test_what_was_mixed_is_told_apart_again(rank: int, share: float) -> None:
    low, sparse = _mixed(rank, share)
    *_, last = low_rank.pursuit(low + sparse)
    assert last.rank == rank
    assert np.linalg.norm(last.low - low) < 1e-5 * np.linalg.norm(low)
    assert ((np.abs(last.sparse) > 0.01) == (sparse != 0)).all()


@pytest.mark.parametrize("price", [0.2, 1.0])
def test_the_two_parts_are_the_whole(grey: np.ndarray, price: float) -> None:
    data = grey[::3, ::3] / 255
    steps = list(low_rank.pursuit(data, price))
    rest = data - steps[-1].low - steps[-1].sparse
    assert np.linalg.norm(rest) <= low_rank.TOLERANCE * np.linalg.norm(data)
    assert len(steps) < low_rank.MOST
    assert steps[-1].left < 1e-4 * steps[0].left


def test_the_split_is_as_cheap_as_any_near_it(grey: np.ndarray) -> None:
    data = grey[::6, ::6] / 255
    weight = 1 / np.sqrt(max(data.shape))
    *_, last = low_rank.pursuit(data)
    rng = np.random.default_rng(0)

    def cost(low: np.ndarray) -> float:
        return np.linalg.norm(low, "nuc") + weight * np.abs(data - low).sum()

    least = cost(last.low)
    for scale in (1e-3, 1e-2):
        for _ in range(5):
            assert cost(last.low + scale * rng.normal(size=data.shape)) > least
    assert least < min(cost(data), cost(0 * data))


def test_shrinking_is_the_nearest_point_at_a_price() -> None:
    values = np.linspace(-4, 4, 33)
    grid = np.linspace(-5, 5, 10001)
    costs = np.abs(grid)[:, None] + np.square(grid[:, None] - values) / 2
    assert np.allclose(low_rank.shrink(values, 1.0), grid[costs.argmin(axis=0)], atol=1e-3)


def test_shrinking_the_rank_is_shrinking_the_singular_values() -> None:
    matrix = np.random.default_rng(2).normal(size=(12, 7))
    left, values, right = np.linalg.svd(matrix, full_matrices=False)
    expected = left @ np.diag(np.maximum(values - 3.0, 0)) @ right
    found, rank = low_rank.shrink_rank(matrix, 3.0)
    assert np.allclose(found, expected)
    assert rank == (values > 3.0).sum() < 7


def test_a_higher_price_leaves_less_to_the_sparse_part(grey: np.ndarray) -> None:
    data = grey[::4, ::4] / 255
    sizes = [np.abs(list(low_rank.pursuit(data, price))[-1].sparse).sum() for price in (0.2, 0.6, 1.5)]
    assert sizes[0] > sizes[1] > sizes[2]


def test_zeros_need_no_iteration() -> None:
    assert list(low_rank.pursuit(np.zeros((4, 5)))) == []


@pytest.mark.parametrize("size", [(1, 1), (1, 40), (16, 16), (17, 33), (50, 41)])
def test_tiles_cover_every_pixel(size: tuple[int, int]) -> None:
    tiles = low_rank.Tiles(size, (16, 16))
    picture = np.random.default_rng(0).random(size)
    assert np.allclose(tiles.join(tiles.cut(picture)), picture)
    assert tiles.cut(picture).shape[0] == min(16, size[0]) * min(16, size[1])


@pytest.mark.parametrize("matrix", ["rows", "patches"])
def test_specks_on_a_slow_background_are_found(matrix: str) -> None:
    rows, columns = np.mgrid[:96, :128]
    grey = 60 + 0.5 * rows + 0.3 * columns
    specks = np.zeros(grey.shape, bool)
    for row, column in np.random.default_rng(4).integers(5, 90, (12, 2)):
        specks[row : row + 2, column : column + 2] = True
    image = np.repeat((grey + 60 * specks).astype(np.uint8)[..., None], 3, axis=2)
    mask = wb.run("robust-pca", image, matrix=matrix, price=1.0).output.mask("foreground")
    assert (mask == specks).mean() > 0.999


def test_the_side_that_is_asked_for_is_found() -> None:
    image = np.full((64, 64, 3), 120, np.uint8)
    image[10:12, 10:12], image[40:42, 50:52] = 200, 30
    found = {
        side: wb.run("robust-pca", image, objects=side, price=1.0).output.mask("foreground")
        for side in ("bright", "dark", "both")
    }
    assert found["bright"].sum() == found["dark"].sum() == 4
    assert found["bright"][10, 10]
    assert found["dark"][40, 50]
    assert (found["both"] == (found["bright"] | found["dark"])).all()


def test_coins_stand_out(coins: np.ndarray) -> None:
    sample = wb.samples.load("coins")
    output = wb.run("robust-pca", coins).output
    assert wb.score(sample.truth, output, target=sample.target).iou > 0.8


@pytest.mark.parametrize("matrix", ["rows", "patches"])
def test_parts_film_and_curve_are_shown(coins: np.ndarray, matrix: str) -> None:
    with listen(Trace()) as heard:
        output = wb.METHODS["robust-pca"](coins, matrix=matrix, threshold=15)
    shown = {item.name: item for item in heard.stages}
    assert (output.mask("foreground") == (shown["sparse part"].array > 15)).all()
    assert 2 <= sum(item.film != "" for item in heard.stages) <= 12
    assert shown["left over"].array[1, -1] < low_rank.TOLERANCE
    whole = shown["low-rank part"].array * 255 + shown["sparse part"].array
    smaller = low_rank.fit(coins, low_rank.LONGEST)[..., 0].astype(float)
    enlarged = low_rank._enlarged(smaller, coins.shape[:2])
    assert np.abs(whole - enlarged).max() < 1.0


def test_progress_is_told(coins: np.ndarray) -> None:
    heard: list[tuple[int, int]] = []
    with listen(Trace(record=False, on_progress=lambda *at: heard.append(at))):
        wb.METHODS["robust-pca"](coins, matrix="rows")
    assert heard[:2] == [(1, low_rank.MOST), (2, low_rank.MOST)]
