import pytest

from workbench.models import zoo
from workbench.training.networks import CELLS, NETWORKS, network_of, taxonomy_of


@pytest.mark.parametrize("name", NETWORKS)
def test_each_can_be_built_for_every_scenes(name):
    for scenes in ("street", "cells"):
        network = network_of(name, scenes)
        zoo.built(network.architecture, network.settings_for(taxonomy_of(scenes)))
    assert network.source[-4:].isdigit()
    assert network.start in ("", *NETWORKS)


def test_a_finer_fcn_starts_from_the_coarser_one():
    assert [NETWORKS[name].start for name in ("fcn32", "fcn16", "fcn8")] == ["", "fcn32", "fcn16"]


def test_cells_are_told_from_what_is_around_them():
    assert network_of("unet", "cells") is CELLS
    assert network_of("unet", "street") is NETWORKS["unet"]


def test_refusals():
    with pytest.raises(ValueError, match=r"train: no network 'fcn9' \(did you mean|train: no network 'fcn9'"):
        network_of("fcn9", "street")
    with pytest.raises(ValueError, match="training: no scenes 'moon'; there are cells, street"):
        taxonomy_of("moon")
