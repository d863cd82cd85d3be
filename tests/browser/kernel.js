// A kernel in the page, for tests: it speaks the panel's protocol and thresholds for real.
const METHODS = [
  {
    name: "level", title: "Fixed threshold", family: "thresholding", yields: "foreground", summary: "Brighter than a level.", source: "", available: true, install: null,
    params: [
      { name: "level", label: "Level", kind: "integer", min: 0, max: 255, step: 1, unit: "", log: false, default: 100, help: "Grey value." },
      { name: "sigma", label: "Gaussian blur (sigma)", kind: "number", min: 0, max: 10, step: 0.1, unit: "px", log: false, default: 1, help: "" },
      { name: "side", label: "Object is", kind: "choice", choices: ["bright", "dark"], default: "bright", help: "" },
      { name: "fill", label: "Fill holes", kind: "bool", default: false, help: "" },
    ],
  },
  {
    name: "bands", title: "k-means", family: "clustering", yields: "partition", summary: "Bands of grey.", source: "", available: true, install: null,
    params: [{ name: "k", label: "Clusters", kind: "integer", min: 2, max: 12, step: 1, unit: "", log: false, default: 3, help: "" }],
  },
  {
    name: "seeds", title: "Region growing", family: "regions", yields: "foreground", summary: "Around seeds.", source: "", available: true, install: null,
    params: [
      { name: "seeds", label: "Seeds", kind: "points", default: [], help: "Click on the picture." },
      { name: "reach", label: "Reach", kind: "number", min: 0.1, max: 1000, step: null, unit: "px", log: true, default: 10, help: "" },
    ],
  },
  {
    name: "box", title: "GrabCut", family: "graphs", yields: "foreground", summary: "In a box.", source: "", available: true, install: null,
    params: [{ name: "box", label: "Box", kind: "box", default: null, help: "Drag on the picture." }],
  },
  {
    name: "ring", title: "Snake", family: "contours", yields: "foreground", summary: "In a curve.", source: "", available: true, install: null,
    params: [{ name: "curve", label: "Start", kind: "curve", default: [], help: "Drag around it." }],
  },
  {
    name: "refine", title: "Random field", family: "random fields", yields: "same", summary: "Smooths.", source: "", available: true, install: null,
    params: [{ name: "start", label: "Refine", kind: "method", default: { method: "level", values: {} }, accepts: ["foreground", "partition"], help: "" }],
  },
  { name: "net", title: "U-Net for cells", family: "networks", yields: "semantic", summary: "", source: "", available: false, install: "pip install segmentation-workbench[deep]", params: [] },
];
const TREE = { kind: "tree", parents: [4, 4, 5, 6, 5, 6, -1], heights: [0, 0, 0, 0, 1, 2, 5], group: [1, 1, 1, 2, 1, 1, 0] };
const LENSES = ["object", "semantic", "instance", "panoptic", "regions"].map((name) => ({ name, title: name, help: "" }));
const bytesFrom = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

class Kernel {
  constructor(pictures) {
    this.pictures = new Map(pictures.map((one) => [one.name, one]));
    this.heard = [];
    this.delay = 0; // ms before each result
    this.mute = false;
    this.state = {
      v: 1, image: pictures[0].name, truth: "bundled", lens: "object",
      cards: ["level", "bands", "seeds"].map((name) => ({ id: name, method: name, values: this.defaults(name) })),
    };
  }

  defaults(name) {
    return Object.fromEntries(METHODS.find((one) => one.name === name).params.map((param) => [param.name, param.default]));
  }

  model() {
    return {
      get: () => undefined,
      send: (content, callbacks, buffers) => this.hear(JSON.parse(JSON.stringify(content)), buffers ?? []),
      on: (name, listener) => (this.listener = listener),
      off: () => (this.listener = null),
    };
  }

  reply(content, buffers = []) {
    this.listener?.(content, buffers.map((bytes) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)));
  }

  async hear(content, buffers) {
    this.heard.push(content);
    if (this.mute) return;
    if (content.type === "hello") await this.hello(content);
    if (content.type === "state") await this.answer(content.seq, content.state);
    if (content.type === "details") this.details(content);
    if (content.type === "file") this.reply({ type: "notice", level: "error", message: `${content.name} has ${buffers[0].byteLength} bytes.` });
  }

  async hello({ state }) {
    this.state = state ?? this.state;
    const samples = [...this.pictures.values()].map(({ name, title }) => ({ name, title, kind: "photographs" }));
    this.reply({ type: "setup", samples, methods: METHODS, lenses: LENSES, state: this.state });
    const { image } = this.state;
    this.state = { cards: [] };
    await this.answer(0, { ...(state ?? {}), image, lens: "object", truth: "bundled", ...this.last(), ...(state ?? {}) });
  }

  last() {
    return { cards: ["level", "bands", "seeds"].map((name) => ({ id: name, method: name, values: this.defaults(name) })) };
  }

  async answer(seq, state) {
    const before = this.state;
    this.state = state;
    const all = before.image !== state.image || before.truth !== state.truth || before.lens !== state.lens;
    if (before.image !== state.image || before.truth !== state.truth) await this.show(state);
    for (const card of state.cards) {
      const old = (before.cards ?? []).find((one) => one.id === card.id);
      if (all || JSON.stringify(old) !== JSON.stringify(card)) await this.run(seq, card, state.lens);
    }
  }

  async show({ image, truth }) {
    const { png, packed, truth: known, ...about } = this.pictures.get(image);
    this.grey = await this.greys(bytesFrom(png), about.size);
    this.truth = truth === "none" ? null : known;
    this.packed = packed ? bytesFrom(packed) : null;
    this.inside = this.truth ? await this.truthMask(about.size) : null;
    const buffers = this.truth ? [bytesFrom(png), this.packed] : [bytesFrom(png)];
    this.reply({ type: "picture", image: { ...about, scale: 1, note: "", mime: "image/png" }, truth: this.truth }, buffers);
  }

  async greys(bytes, [height, width]) {
    const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
    const brush = new OffscreenCanvas(width, height).getContext("2d");
    brush.drawImage(bitmap, 0, 0);
    const { data } = brush.getImageData(0, 0, width, height);
    this.size = [height, width];
    return Uint8Array.from({ length: height * width }, (_, at) => (data[4 * at] * 3 + data[4 * at + 1] * 6 + data[4 * at + 2]) / 10);
  }

  async truthMask(size) {
    const raw = new Uint8Array(await new Response(new Blob([this.packed]).stream().pipeThrough(new DecompressionStream("deflate"))).arrayBuffer());
    const { pack } = this.truth;
    const lengths = new Uint16Array(raw.buffer, 0, pack.runs);
    const Kind = { 1: Uint8Array, 2: Uint16Array, 4: Int32Array }[pack.width];
    const ids = new Kind(raw.slice(2 * pack.runs).buffer);
    const mask = new Uint8Array(size[0] * size[1]);
    for (let run = 0, at = 0; run < pack.runs; at += lengths[run], run++) mask.fill(ids[run] > 1, at, at + lengths[run]);
    return mask;
  }

  /** The ids a method gives: one number a pixel. */
  compute({ method, values }) {
    const [height, width] = this.size;
    const { grey } = this;
    if (method === "level") return Int32Array.from(grey, (value) => 1 + ((value > values.level) === (values.side === "bright")));
    if (method === "bands") return Int32Array.from(grey, (value) => 1 + Math.min(values.k - 1, Math.floor((value * values.k) / 256)));
    return Int32Array.from(grey, (_, at) => 1 + this.chosen(method, values, Math.floor(at / width), at % width, height, width));
  }

  chosen(method, values, row, col, height, width) {
    if (method === "box") {
      const [top, left, bottom, right] = values.box ?? [0, 0, height - 1, width - 1];
      return row >= top && row <= bottom && col >= left && col <= right;
    }
    if (method !== "seeds") return row > height / 2;
    const seeds = values.seeds.length ? values.seeds : [[height / 2, width / 2, "object"]];
    return seeds.some(([r, c, kind]) => kind === "object" && Math.hypot(row - r, col - c) <= values.reach);
  }

  async run(seq, card, lens) {
    const ids = this.compute(card);
    const isPartition = card.method === "bands";
    const message = {
      type: "result", card: card.id, seq, method: card.method, values: card.values, recipe: `${card.id}/${JSON.stringify(card.values)}/${this.state.image}`,
      ...this.packBits(ids, isPartition), size: this.size, lens, scored_as: lens, headline: ["iou", "dice"], labels: { iou: "IoU", dice: "Dice", precision: "Precision" }, why: {},
      ...this.score(ids, isPartition), summary: isPartition ? `${card.values.k} segments` : "1 segment", ms: 3.14, device: "cpu", preview: false,
    };
    const { raw, ...rest } = message;
    const buffer = new Uint8Array(await new Response(new Blob([raw]).stream().pipeThrough(new CompressionStream("deflate"))).arrayBuffer());
    if (this.delay) setTimeout(() => this.reply(rest, [buffer]), this.delay);
    else this.reply(rest, [buffer]);
  }

  packBits(ids, isPartition) {
    if (!isPartition) {
      const raw = new Uint8Array(Math.ceil(ids.length / 8));
      ids.forEach((id, at) => (raw[at >> 3] |= (id - 1) << (7 - (at & 7))));
      const categories = [{ id: 1, name: "background", kind: "stuff", colour: "#6B7785" }, { id: 2, name: "foreground", kind: "thing", colour: "#E69F00" }];
      return { raw, pack: { kind: "bits", values: [1, 2] }, categories, segments: [[1, 1, null], [2, 2, null]] };
    }
    const lengths = [];
    const heads = [];
    ids.forEach((id, at) => (at && id === ids[at - 1] ? lengths[lengths.length - 1]++ : (lengths.push(1), heads.push(id))));
    const raw = new Uint8Array(3 * heads.length);
    raw.set(new Uint8Array(Uint16Array.from(lengths).buffer));
    raw.set(heads, 2 * heads.length);
    const segments = [...new Set(heads)].sort().map((id) => [id, 0, null]);
    return { raw, pack: { kind: "runs", runs: heads.length, width: 1 }, categories: [], segments };
  }

  score(ids, isPartition) {
    if (!this.inside) return { scores: {}, counts: null, table: [], remarks: ["no truth"] };
    const top = isPartition ? Math.max(...new Set(ids)) : 2;
    let [tp, fp, fn, tn] = [0, 0, 0, 0];
    ids.forEach((id, at) => {
      if (id === top) this.inside[at] ? tp++ : fp++;
      else this.inside[at] ? fn++ : tn++;
    });
    const scores = { iou: tp / (tp + fp + fn), dice: (2 * tp) / (2 * tp + fp + fn), precision: tp + fp ? tp / (tp + fp) : null };
    const table = [{ category: "shape", iou: scores.iou, dice: scores.dice }, { category: "background", iou: tn / (tn + fp + fn), dice: null }];
    return { scores, counts: { tp, fp, fn, tn }, table, remarks: isPartition ? ["named by the truth: an upper bound"] : [] };
  }

  async details({ card, what, name }) {
    if (what === "code") return this.reply({ type: "code", card, python: `import workbench as wb\n\nr = wb.run("${card}", wb.samples.load("coins").image)\n`, cell: "r", hash: "0".repeat(64) });
    const { png } = this.pictures.get(this.state.image);
    const picture = { kind: "image", mime: "image/png", over: true };
    if (what === "stage") {
      const [items, buffers] = await this.stage(name, bytesFrom(png));
      return this.reply({ type: "stage", card, name, items }, buffers);
    }
    const { level } = this.state.cards.find((one) => one.id === card).values;
    const items = [
      { name: "blurred", caption: "The image after the blur.", frames: 1, ...picture },
      { name: "histogram", caption: "Two peaks, and the level between them.", frames: 1, over: false, ...this.curve("histogram", level) },
      { name: "growth", caption: "after 3 rounds", frames: 3, ...picture },
      { name: "force", caption: "Away from the middle.", frames: 1, ...picture },
      { name: "neighbours", caption: "Three of them.", frames: 1, ...picture },
      { name: "merges", caption: "What was joined when.", frames: 1, over: false, ...TREE },
      { name: "criterion", caption: "Between-class variance.", frames: 2, over: false, ...this.curve("curve", level) },
    ];
    this.reply({ type: "stages", card, items }, items.filter((item) => item.kind === "image").map(() => bytesFrom(png)));
  }

  curve(kind, mark) {
    const x = Array.from({ length: 64 }, (_, at) => at * 4);
    const y = x.map((value) => 900 * Math.exp(-((value - 60) ** 2) / 900) + 500 * Math.exp(-((value - 170) ** 2) / 1800));
    return { kind, x, y, marks: [mark], second: null, x_label: "grey value", y_label: "pixels" };
  }

  /** One stage, or the frames of a film: pictures as they are, a field and a graph as deflated numbers. */
  async stage(name, png) {
    const [height, width] = this.size;
    const about = { name, caption: `${name} it is`, size: this.size };
    const deflate = async (numbers) => new Uint8Array(await new Response(new Blob([numbers]).stream().pipeThrough(new CompressionStream("deflate"))).arrayBuffer());
    const { level } = this.state.cards[0].values;
    if (name === "criterion") return [[100, 200].map((mark) => ({ ...about, name: `at ${mark}`, ...this.curve("curve", mark) })), []];
    if (name === "force") {
      const vectors = Int16Array.from({ length: 2 * height * width }, (_, at) => (at % 2 ? (at >> 1) % width - width / 2 : Math.floor(at / 2 / width) - height / 2) * 300);
      return [[{ ...about, kind: "field", longest: 2 }], [await deflate(vectors)]];
    }
    if (name === "neighbours") {
      const numbers = Float32Array.from([8, 8, 8, 50, 50, 30, 0, 1, 0.2, 1, 2, 1]);
      return [[{ ...about, kind: "graph", nodes: 3, edges: 2 }], [await deflate(numbers)]];
    }
    if (name !== "blurred" && name !== "growth") return [[], []];
    const count = name === "growth" ? (level > 200 ? 2 : 3) : 1;
    const frames = Array.from({ length: count }, (_, at) => ({ ...about, name: count > 1 ? `after ${at + 1}` : name, caption: `level ${level}`, kind: "image", mime: "image/png", low: 0, high: 2.55 }));
    return [frames, frames.map(() => png)];
  }
}
