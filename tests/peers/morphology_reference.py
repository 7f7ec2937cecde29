#!/usr/bin/env python3
"""Write small morphologies and what NEURON makes of them, for the unit tests.

usage: morphology_reference.py tests/unit/morphology/data

Each case is NAME.asc or NAME.swc and NAME.json: {"file", "rule", "chunk", "sections", ...,
"pt3d": per section [[x, y, z, diam, arc]...]}. Needs NEURON 8.2.7 and BluePyOpt.
"""

import json
import os
import sys

import morphology_files
import morphology_peer as peer

SQUARE = [(10, 0), (0, 10), (-10, 0), (0, -10)]


def contour(points, z=0, name="CellBody"):
    return '("%s"\n  (Color Red)\n  (CellBody)\n%s)\n' % (
        name, "".join("  (%g %g %g 0)\n" % (x, y, z) for x, y in points))


def handmade():
    """(file name, text, axon rule, nseg length)"""
    tree = ("( (Color Blue)\n  (%s)\n  (%g %g 0 2)\n  (%g %g 3 1.5)\n  (\n"
            "    (%g %g 4 1)\n    (%g %g 50 0.7)\n  |\n    (%g %g 3 0.9)\n"
            "    (%g %g -60 0.5)\n    Normal\n  )\n)\n")

    def branches(kind, x, y, k):
        return tree % (kind, x, y, x + k, y + 2 * k, x + 2 * k, y + 2 * k, x + 3 * k,
                       y + 9 * k, x + k, y + 2 * k, x - k, y - 5 * k)

    for k in range(4):
        for turn in (1, -1):
            square = (SQUARE[k:] + SQUARE[:k])[::turn]
            name = "square-%d%s" % (k, "r" if turn < 0 else "")
            yield name + ".asc", contour(square), "none", 40
            yield name + "-closed.asc", contour(square + square[:1]), "none", 3
    box = [(5, 5), (-5, 5), (-5, -5), (5, -5), (5, 5)]
    yield "box.asc", contour(box), "none", 40
    yield ("stack.asc", contour(box, 0) + contour(SQUARE, 2, "Soma")
           + contour([(4, 4), (-3, 4), (0, -4)], 5) + branches("Axon", 3, 3, 7.5)
           + branches("Apical", 40, 40, 11), "bluepyopt", 10)
    yield ("two-somas.asc", branches("Dendrite", 1, 1, 4.2) + contour(box)
           + contour([(x + 100, y) for x, y in SQUARE]) + branches("Dendrite", 99, 1, 3)
           + branches("Axon", 60, 0, 12), "taper", 40)
    yield ("no-soma.asc", branches("Dendrite", 1, 1, 4.2), "none", 40)
    yield ("no-type.asc", contour(box) + branches("Color", 1, 1, 4.2)
           + branches("Axon", 1, 1, 4.2), "none", 40)
    yield ("short-axon.asc", contour(box) + "((Axon) (6 0 0 1) (20 0 0 0.5))\n",
           "bluepyopt", 40)
    yield ("zero-length.asc", contour(box) + "((Dendrite) (6 0 0 1) (6 0 0 2) (6 0 0 1) "
           "((6 0 0 1)(6 0 0 1) ((9 9 9 1)(20 20 20 2) | (6 0 0 3)) | (7 7 7 1)))\n",
           "none", 40)
    yield ("epsilon.asc", contour(SQUARE) + "((Dendrite) (6 0 0 1) (7 0 0 2) "
           "((7.000000000009 0 0 1)(8 0 0 1) | (7.00000000002 0 0 1)(9 1 0 1)))\n"
           "((Axon) (10.5000001 0 0 1) (30 0 0 1))\n", "none", 40)
    soma3 = "1 1 0 0 0 5 -1\n2 1 0 -5 0 5 1\n3 1 0 5.02 0 5 1\n"
    rest = ("%d 3 %g 0 0 1 %d\n%d 3 20 3 0 0.8 %d\n%d 3 30 9 0 0.5 %d\n"
            "%d 2 -5 -5 0 1 %d\n%d 2 -50 -9 3 0.4 %d\n%d 2 -90 -9 3 0.3 %d\n")

    def neurites(n, on_dend, on_axon):
        return rest % (n, 6, on_dend, n + 1, n, n + 2, n + 1, n + 3, on_axon, n + 4, n + 3,
                       n + 5, n + 4)

    yield "sphere3.swc", soma3 + neurites(4, 1, 1), "bluepyopt", 40
    yield ("not-sphere3.swc", soma3.replace("5.02", "6") + neurites(4, 1, 1), "bluepyopt",
           40)
    yield "point.swc", "1 1 0 0 0 5 -1\n" + neurites(2, 1, 1), "bluepyopt", 40
    line = "1 1 0 0 0 5 -1\n2 1 4 0 0 6 1\n3 1 8 0 0 6 2\n4 1 12 0 0 3 3\n"
    yield "soma-ends.swc", line + neurites(5, 4, 1), "none", 10
    yield "soma-inside.swc", line + neurites(5, 3, 2), "bluepyopt", 10
    yield ("soma-branch.swc", line + "5 1 4 9 0 3 2\n6 1 4 12 0 2 5\n"
           + neurites(7, 2, 6) + "13 3 8 8 8 1 2\n", "none", 10)
    yield ("wire-child.swc", "1 1 0 0 0 5 -1\n2 1 4 0 0 5 1\n3 3 9 0 0 1 1\n"
           "4 3 20 0 0 1 3\n5 3 30 0 0 1 4\n6 3 9 9 0 1 3\n7 3 9 20 0 1 6\n", "none", 40)
    yield ("root-dend.swc", "5 3 0 0 0 1 -1\n6 3 9 0 0 1 5\n7 3 20 0 0 1 6\n"
           "8 3 0 9 0 1 5\n9 3 0 20 0 2 8\n10 1 3 3 3 9 8\n", "none", 40)
    yield ("further-roots.swc", "1 1 0 0 0 5 -1\n2 1 4 0 0 5 1\n3 3 9 0 0 1 2\n"
           "4 3 20 0 0 1 3\n5 3 30 9 0 1 -1\n6 3 9 9 0 1 5\n7 3 9 20 0 1 5\n"
           "8 1 50 0 0 4 -1\n9 1 55 0 0 4 8\n10 2 0 0 9 2 -1\n11 2 0 0 90 1 10\n",
           "bluepyopt", 40)
    yield ("further-roots-dend.swc", "1 3 0 0 0 5 -1\n2 3 40 0 0 5 1\n3 3 9 0 0 1 -1\n"
           "4 3 20 0 0 1 3\n5 2 0 3 3 1 -1\n", "none", 40)
    yield ("float32.swc", "1 1 0.1 0.2 0.3 5.123456789 0\n2 3 16777217 1e-3 9.99999975 "
           "0.30000001 1\n3 3 16777219.5 33.333333 -0.1000000015 .25 2\n", "none", 1e7)


def cases():
    yield from handmade()
    for kind, make in (("asc", morphology_files.asc_text),
                       ("swc", morphology_files.swc_text)):
        n, seed = 0, 0
        while n < 6:
            seed += 1
            text = make(seed)
            if 600 < len(text) < 2600:
                rule = ["none", "bluepyopt", "none"][n % 3]
                yield "random-%s%d.%s" % (kind, seed, kind), text, rule, [40, 10][n % 2]
                n += 1


def with_points(h, icell, out):
    """describe() with the 3-D points."""
    result = peer.describe_sections(h, icell)
    result["pt3d"] = [[[s.x3d(i), s.y3d(i), s.z3d(i), s.diam3d(i), s.arc3d(i)]
                       for i in range(s.n3d())] for s in icell.all]
    out.update(result)
    return out


def main():
    folder = sys.argv[1]
    peer.start_neuron()
    peer.describe = lambda h, icell: with_points(h, icell, {})
    for name, text, rule, chunk in cases():
        path = os.path.join(folder, name)
        with open(path, "w", encoding="ascii") as f:
            f.write(text)
        result = peer.by_neuron(path, rule, chunk)
        if result is None:
            print("NEURON cannot import " + name)
            os.remove(path)
            continue
        with open(path[:-3] + "json", "w", encoding="ascii") as f:
            f.write(json.dumps({"file": name, "rule": rule, "chunk": chunk, **result})
                    .replace('{"name"', '\n{"name"').replace("]]]", "]]]\n") + "\n")


if __name__ == "__main__":
    main()
