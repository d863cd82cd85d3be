// A tree of merges as a dendrogram: leaves along the foot, a bar at the height where two became one.
import { unnamed } from "./palette.js";

/** Lay a tree out: each node's place along the foot (leaves 0, 1, 2, ...), and which nodes are under it. */
export function layOut(parents) {
  const below = parents.map(() => []);
  const roots = [];
  parents.forEach((parent, node) => (parent >= 0 ? below[parent] : roots).push(node));
  const across = new Float64Array(parents.length);
  let leaves = 0;
  // Every node is met twice: on the way down, and when all that is under it has its place. No recursion: chains are deep.
  const open = roots.reverse().map((node) => [node, false]);
  while (open.length) {
    const [node, isDone] = open.pop();
    const under = below[node];
    if (!under.length) across[node] = leaves++;
    else if (isDone) across[node] = under.reduce((sum, one) => sum + across[one], 0) / under.length;
    else {
      open.push([node, true]);
      for (const one of [...under].reverse()) open.push([one, false]);
    }
  }
  return { across, below, leaves };
}

/** Draw into a group: `x` and `y` are scales of places and heights; `make` makes an SVG element. */
export function dendrogram({ heights, group }, { across, below }, x, y, make) {
  const drawn = make("g", { class: "wb-tree" });
  below.forEach((under, node) => {
    if (!under.length) return;
    const top = y(heights[node]);
    const legs = under.map((one) => `M${at(x(across[one]))},${at(y(heights[one]))}V${at(top)}`);
    const ends = under.map((one) => x(across[one]));
    const bar = `M${at(Math.min(...ends))},${at(top)}H${at(Math.max(...ends))}`;
    // A branch wears its group's colour where all of it is of one.
    const same = group && group[node] > 0 && under.every((one) => group[one] === group[node]);
    drawn.append(make("path", { d: legs.join("") + bar, ...(same ? { style: `stroke: ${unnamed(group[node])}` } : {}) }));
  });
  return drawn;
}

function at(value) {
  return value.toFixed(1);
}
