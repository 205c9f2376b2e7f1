import { expect, test } from "vitest";
import { Random } from "../../shared/random.ts";
import { fitDiscriminant } from "./discriminant-analysis.ts";

/** Two classes 2 apart along x - y, each with much more noise along x + y. */
function example(): { rows: Float32Array[]; classes: string[] } {
  const random = new Random(1, "discriminant");
  const classes = Array.from({ length: 4000 }, (_, i) => (i % 2 === 0 ? "a" : "b"));
  const rows = classes.map((name) => {
    const [along, across] = [5 * random.normal(), 0.5 * random.normal() + (name === "a" ? 1 : -1)];
    return Float32Array.of(along + across, along - across, random.normal());
  });
  return { rows, classes };
}

test("two classes: the direction is that of Fisher, of variance 1 within and √(b / (b + 1)) in weight", () => {
  const { rows, classes } = example();
  const { mean, projection } = fitDiscriminant(rows, classes, { dimensions: 1, shrinkage: 0 });
  expect(Math.abs(projection[0]! / projection[1]! + 1)).toBeLessThan(0.02); // along (1, -1, 0)
  expect(Math.abs(projection[2]! / projection[0]!)).toBeLessThan(0.05);
  const values = rows.map((row) =>
    row.reduce((sum, value, i) => sum + (value - mean[i]!) * projection[i]!, 0),
  );
  const ofA = values.filter((_, i) => classes[i] === "a");
  const center = ofA.reduce((sum, value) => sum + value, 0) / ofA.length;
  const variance = ofA.reduce((sum, value) => sum + (value - center) ** 2, 0) / ofA.length;
  const between = (1 / 0.5) ** 2; // class means at ±1, deviation 0.5
  expect(variance).toBeCloseTo(between / (between + 1), 1);
  expect(Math.abs(center)).toBeCloseTo((1 / 0.5) * Math.sqrt(between / (between + 1)), 1);
});

test("dimensions come in the order of what they tell, and are uncorrelated within classes", () => {
  const random = new Random(2, "discriminant");
  const centers = [
    [6, 0],
    [-6, 0],
    [0, 2],
    [0, -2],
  ];
  const classes = Array.from({ length: 4000 }, (_, i) => String(i % 4));
  const rows = classes.map((_, i) => {
    const [x, y] = centers[i % 4]!;
    return Float32Array.of(x! + random.normal(), y! + random.normal());
  });
  const { projection } = fitDiscriminant(rows, classes, { dimensions: 2, shrinkage: 0 });
  const [xFirst, xSecond, yFirst, ySecond] = [...projection].map(Math.abs);
  expect(xFirst).toBeGreaterThan(10 * xSecond!);
  expect(ySecond).toBeGreaterThan(10 * yFirst!);
});

test("what differs between the parts of a class is no variance within it", () => {
  const { rows, classes } = example();
  const parts = classes.map((_, i) => String(Math.floor(i / 2) % 2));
  // Along x - y, as the classes lie, their parts lie 8 apart.
  const moved = rows.map((row, i) => {
    const by = parts[i] === "0" ? 4 : -4;
    return Float32Array.of(row[0]! + by, row[1]! - by, row[2]!);
  });
  const options = { dimensions: 1, shrinkage: 0, parts };
  const { projection } = fitDiscriminant(moved, classes, options);
  const plain = fitDiscriminant(rows, classes, { dimensions: 1, shrinkage: 0 });
  expect(Math.abs(projection[0]! / plain.projection[0]!)).toBeCloseTo(1, 1);
});

test("more dimensions than classes allow are refused", () => {
  const { rows, classes } = example();
  expect(() => fitDiscriminant(rows, classes, { dimensions: 2, shrinkage: 0 })).toThrow(RangeError);
});
