"""The same page as people build it without the workbench: an ipywidgets Image a method, sent as JPEG."""

from __future__ import annotations

from pathlib import Path

import nbformat

CODE = '''
import cv2, ipywidgets as w, numpy as np
import workbench as wb

sample = wb.samples.load("camera")
truth = np.isin(sample.truth.category_ids(), [sample.truth.taxonomy[name].id for name in sample.target])

def card(method, **values):
    """Show one method: a slider, its picture, its scores."""
    slider = w.FloatSlider(min=0, max=10, step=0.05, value=1)
    picture, told = w.Image(format="jpeg", width=350), w.HTML()

    def run(change):
        result = wb.METHODS[method](sample.image, sigma=slider.value, **values)
        mask = result.ids == max(result.segments)
        both = np.count_nonzero(mask & truth)
        iou = both / np.count_nonzero(mask | truth)
        dice = 2 * both / (np.count_nonzero(mask) + np.count_nonzero(truth))
        painted = np.where(mask[..., None], sample.image // 2 + np.uint8([115, 79, 0]), sample.image)
        told.value = f"<b class='{method}'>{slider.value:.2f}</b> IoU {iou:.3f} Dice {dice:.3f}"
        picture.value = cv2.imencode(".jpg", painted[..., ::-1])[1].tobytes()

    slider.observe(run, "value")
    run(None)
    return w.VBox([slider, picture, told]).add_class(f"card-{method}")

w.HBox([card("otsu"), card("watershed"), card("kmeans")])
'''

# Press the arrow key `moves` times; the time from each press to the picture that shows its value.
DRAG = """async ({ moves, each }) => {
  const card = document.querySelector(".card-otsu");
  const [handle, picture] = [card.querySelector(".noUi-handle"), card.querySelector("img")];
  const [pressed, taken] = [new Map(), []];
  let heard = () => {};
  picture.addEventListener("load", () => {
    const value = card.querySelector("b").textContent;
    if (pressed.has(value)) taken.push(performance.now() - pressed.get(value));
    heard();
  });
  const press = (key) =>
    handle.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  const told = (name) => handle.getAttribute(`aria-value${name}`);
  const value = () => Number(told("text") ?? told("now")).toFixed(2);
  const late = () => new Promise((done) => setTimeout(done, 3000));
  const back = value() > 5;
  for (let move = 0; move < moves; move++) {
    const loaded = new Promise((done) => (heard = done));
    const now = performance.now();
    press(back ? "ArrowLeft" : "ArrowRight");
    pressed.set(value(), now);
    await (each ? Promise.race([loaded, late()]) : new Promise(requestAnimationFrame));
  }
  await new Promise((done) => setTimeout(done, 1500));
  return taken;
}"""


def write(path: Path) -> None:
    """Write the notebook."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CODE)])
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, path)
