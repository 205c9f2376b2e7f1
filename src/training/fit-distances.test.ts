import { expect, test } from "vitest";
import { nodeRuntime } from "../graph/runtime.node.ts";
import { initialWeights, Network } from "../models/network.ts";
import { inputTensors, type Architecture } from "../models/definition.ts";
import type { Example } from "../models/example.ts";
import { outputLayer } from "../models/layers.ts";
import { Random } from "../shared/random.ts";
import { fitDistances } from "./fit-distances.ts";

/** A network whose embedding is what it is given. */
function given(name: string): Architecture {
  return {
    inputs: { [name]: [2] },
    classes: 2,
    build: (network, inputs) => outputLayer(network, inputs[name]!, { dropout: 0.5, classes: 2 }),
  };
}

const random = new Random("familiarity"); // the name keeps the draws

/** Clips about [0, 0] and [8, 0], as far off as said. */
function clips(count: number, { off = 0, name = "features" } = {}): Example[] {
  return Array.from({ length: count }, (_, index) => {
    const label = index % 2;
    const place = Float32Array.of(8 * label + random.normal(), off + random.normal());
    return { id: `${index}`, label, views: [{ [name]: place }] };
  });
}

async function distancesOf(splits: Partial<Parameters<typeof fitDistances>[0]>, name = "features") {
  const architecture = given(name);
  const network = new Network("inference");
  architecture.build(network, inputTensors(architecture, 1));
  const weights = initialWeights(network, random);
  const examples = { train: clips(400, { name }), extra: [], validation: [], ...splits };
  const reference = await fitDistances(examples, {
    runtime: nodeRuntime,
    architecture,
    weights,
    threads: 1,
  });
  return reference?.card.distances;
}

test("classes of the training split become Gaussians, and distances of validation clips quantiles", async () => {
  const distances = (await distancesOf({ validation: clips(200) }))!;
  expect(distances).toHaveLength(101);
  expect(distances).toEqual(distances.toSorted((a, b) => a - b));
  // The median of a Rayleigh distribution.
  expect(Math.abs(distances[50]! - Math.sqrt(2 * Math.LN2))).toBeLessThan(0.2);
});

test("extra training data counts as learned too", async () => {
  const far = { validation: clips(50, { off: 30 }) };
  const without = (await distancesOf(far))!;
  const withThem = (await distancesOf({ ...far, extra: clips(400, { off: 30 }) }))!;
  expect(without[50]).toBeGreaterThan(20);
  expect(withThem[50]).toBeLessThan(5);
});

test.each(["words", "sentence", "subwords"])("a network of %s has none", async (name) => {
  expect(await distancesOf({ validation: clips(10, { name }) }, name)).toBeUndefined();
});

test("without validation clips there are no distances", async () => {
  expect(await distancesOf({})).toBeUndefined();
});
