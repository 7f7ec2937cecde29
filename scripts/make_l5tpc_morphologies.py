#!/usr/bin/env python3
"""Write the morphologies of examples/l5tpc: layer 5 pyramidal cells that never lived.

usage: make_l5tpc_morphologies.py DIR      (DIR: examples/l5tpc)

Writes DIR/morphologies (the release: twelve cells, neuronDB.xml and the apical points),
DIR/exemplars (the repaired exemplars) and DIR/emodels/morphologies (the same exemplars as
a slice of 300 um would have left them). Every cell has a seed of its own, so that the
files are the same wherever this runs. Lengths in um, coordinates of a section end where
those of its children begin.

Sizes follow what is known of thick-tufted cells of rat somatosensory cortex: 5 to 9 basal
trees, a trunk that bifurcates 300 to 700 um above the soma and bears obliques on its way,
a tuft that ends 1 mm away. Branches are random walks that keep their direction.
"""

import json
import math
import pathlib
import random
import sys
from dataclasses import dataclass, field

STEP = 14.0  # um between points


@dataclass
class Section:
    points: list  # of (x, y, z, diameter)
    children: list = field(default_factory=list)


@dataclass
class Plan:
    """What kind of cell: the numbers that its random walks obey."""
    seed: int
    mtype: str = "L5_TPC"
    msubtype: str = "A"
    radius: float = 11.0  # of the soma
    stems: int = 7  # basal trees
    basal: float = 125.0  # length of basal tips
    thickness: float = 1.0  # of all dendrites
    trunk: float = 580.0  # from the soma to the apical point
    obliques: int = 7
    tuft: int = 4  # orders of branching; 0: the trunk just ends
    tuft_tip: float = 140.0
    axon: float = 260.0
    axon_diameter: float = 2.0


RELEASE = {
    "tpc_a1": Plan(101),
    "tpc_a2": Plan(102, trunk=640, obliques=8),
    "tpc_a3": Plan(103, basal=115, stems=8, tuft_tip=150),
    "tpc_a4": Plan(104, axon=40),  # cut before the 60 um that the model needs
    "tpc_a5": Plan(105, radius=14, thickness=1.5, basal=150, stems=9),
    "tpc_b1": Plan(201, msubtype="B", trunk=330, tuft_tip=160, obliques=4),
    "tpc_b2": Plan(202, msubtype="B", trunk=370, tuft_tip=150, obliques=5),
    "tpc_b3": Plan(203, msubtype="B", trunk=300, axon_diameter=1.0),  # too thin an axon
    "tpc_b4": Plan(204, msubtype="B", trunk=350, stems=3, basal=60, obliques=2, tuft=1),
    "upc_1": Plan(301, "L5_UPC", "", tuft=0, trunk=620, obliques=8),
    "upc_2": Plan(302, "L5_UPC", "", tuft=0, trunk=520, obliques=6),
    "upc_3": Plan(303, "L5_UPC", "", tuft=0, trunk=180, obliques=3, stems=5),
}
EXEMPLARS = {"exemplar_1": Plan(1, trunk=580), "exemplar_2": Plan(2, trunk=540, stems=8)}
NO_APICAL_POINT = {"upc_2"}  # left out of apical_points_isec.json
CUT = 75.0  # um: what lies above was not in the slice


def unit(x, y, z):
    norm = math.sqrt(x * x + y * y + z * z) or 1.0
    return (x / norm, y / norm, z / norm)


class Cell:
    """A grown cell: soma contour, and trees as lists of root sections."""

    def __init__(self, plan):
        self.plan = plan
        self.random = random.Random(plan.seed)
        self.soma = self.contour()
        self.axon = [self.tree((0, -1, 0.1), plan.axon_diameter, plan.axon, 0.5)]
        if plan.axon > 100:
            tip = self.axon[0]
            tip.children = [self.walk(tip, 0.5, 80, 0.6) for _ in range(2)]
        self.basal = [self.basal_tree(k) for k in range(plan.stems)]
        self.apical_point = None
        self.apical = [self.apical_tree()]

    def spread(self, mean, width=0.25):
        return mean * self.random.uniform(1 - width, 1 + width)

    def contour(self):
        n, phase = 17, self.random.uniform(0, 1)
        points = []
        for k in range(n):
            angle = 2 * math.pi * (k + phase) / n
            r = self.spread(self.plan.radius, 0.12)
            points.append((0.9 * r * math.cos(angle), 1.15 * r * math.sin(angle), 0.0, 0.0))
        return points

    def grow(self, start, direction, length, first, last, wobble):
        """Points from start on: diameters go from first to last, both in um."""
        n = max(2, round(length / STEP))
        points = [(*start, first)]
        x, y, z = start
        for k in range(1, n + 1):
            direction = unit(*(d + self.random.gauss(0, wobble) for d in direction))
            x, y, z = (p + d * length / n for p, d in zip((x, y, z), direction))
            points.append((x, y, z, first + (last - first) * k / n))
        return points

    def tree(self, direction, diameter, length, taper=0.8, wobble=0.22):
        direction = unit(*direction)
        start = tuple(0.75 * self.plan.radius * d for d in direction)
        return Section(self.grow(start, direction, length, diameter, diameter * taper,
                                 wobble))

    def walk(self, parent, diameter, length, taper, towards=None, angle=0.6, wobble=0.22):
        """A child section, off its parent's direction or towards another."""
        a, b = parent.points[-2], parent.points[-1]
        along = towards or unit(*(q - p for p, q in zip(a[:3], b[:3])))
        direction = unit(*(d + self.random.gauss(0, angle) for d in along))
        return Section(self.grow(b[:3], direction, length, diameter, diameter * taper,
                                 wobble))

    def branch(self, parent, order, tip, diameter, towards=None):
        """Split parent `order` times; the last sections are `tip` long."""
        for _ in range(2 if order > 0 else 0):
            last = order == 1 or self.random.random() < 0.15
            length = self.spread(tip if last else 0.38 * tip)
            child = self.walk(parent, self.spread(diameter, 0.15), length, 0.75, towards)
            parent.children.append(child)
            if not last:
                self.branch(child, order - 1, tip, 0.8 * diameter, towards)

    def basal_tree(self, k):
        plan = self.plan
        angle = 2 * math.pi * (k + self.random.uniform(-0.3, 0.3)) / plan.stems
        direction = (math.cos(angle), self.random.uniform(-0.9, 0.35), math.sin(angle))
        diameter = self.spread(1.9, 0.2) * plan.thickness
        stem = self.tree(direction, diameter, self.spread(22))
        self.branch(stem, self.random.choice((2, 2, 3)), plan.basal, 0.7 * diameter)
        return stem

    def apical_tree(self):
        plan = self.plan
        up = (0, 1, 0)
        thick = 5.2 * plan.thickness * (0.75 if plan.tuft == 0 else 1.0)
        n = plan.obliques + 1
        root = trunk = self.tree(up, thick, self.spread(plan.trunk / n), 0.95, 0.06)
        for k in range(1, n):
            diameter = thick * (1 - 0.55 * k / n)
            side = unit(self.random.gauss(0, 1), 0.25, self.random.gauss(0, 1))
            oblique = self.walk(trunk, self.spread(1.3) * plan.thickness,
                                self.spread(60), 0.8, side, 0.2)
            self.branch(oblique, self.random.choice((0, 1, 1)), 0.9 * plan.basal,
                        0.9 * plan.thickness)
            on = self.walk(trunk, diameter, self.spread(plan.trunk / n), 0.95, up, 0.1,
                           0.06)
            trunk.children = [on, oblique] if k % 2 else [oblique, on]
            trunk = on
        self.apical_point = trunk
        self.branch(trunk, plan.tuft, plan.tuft_tip, 1.9 * plan.thickness, (0, 0.5, 0))
        return root

    def slice(self):
        """Lose what a slice loses: each branch ends where it leaves the slice."""
        def cut(section):
            inside = next((k for k, p in enumerate(section.points) if p[2] > CUT), None)
            if inside is not None:
                section.points = section.points[:max(inside, 2)]
                section.children = []
            for child in section.children:
                cut(child)
        for root in self.basal + self.apical:
            cut(root)

    def trees(self):
        yield from (("Axon", 2, root) for root in self.axon)
        yield from (("Dendrite", 3, root) for root in self.basal)
        yield from (("Apical", 4, root) for root in self.apical)

    def apical_index(self):
        """Index of the apical point's section in NEURON's apic[]: the order of the file."""
        def order(section):
            yield section
            for child in section.children:
                yield from order(child)
        sections = enumerate(order(self.apical[0]))
        return next((i for i, s in sections if s is self.apical_point), None)


def asc_section(section, indent):
    # a child repeats its parent's last point only in memory, not in the file
    first = 1 if indent > 2 else 0
    lines = [" " * indent + "(%.2f %.2f %.2f %.2f)" % p for p in section.points[first:]]
    for k, child in enumerate(section.children):
        lines.append(" " * indent + ("|" if k else "("))
        lines += asc_section(child, indent + 1)
    if section.children:
        lines.append(" " * indent + ")")
    return lines


def asc(cell):
    lines = ['("CellBody"', "  (Color Red)", "  (CellBody)"]
    lines += ["  (%.2f %.2f %.2f %.2f)" % p for p in cell.soma] + [")"]
    for name, _, root in cell.trees():
        lines += ["", "((%s)" % name] + asc_section(root, 2) + [")"]
    return "\n".join(lines) + "\n"


def swc(cell):
    """The soma is three points: a cylinder of the contour's height and mean width."""
    r = cell.plan.radius
    rows = [(1, 1, 0, 0, 0, r, -1), (2, 1, 0, -r, 0, r, 1), (3, 1, 0, r, 0, r, 1)]

    def add(section, kind, parent, points):
        for x, y, z, diameter in points:
            rows.append((len(rows) + 1, kind, x, y, z, diameter / 2, parent))
            parent = len(rows)
        for child in section.children:
            add(child, kind, parent, child.points[1:])

    for _, kind, root in cell.trees():
        add(root, kind, 1, root.points)
    return "".join("%d %d %.2f %.2f %.2f %.3f %d\n" % row for row in rows)


def neuron_db(plans):
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', "<neurondb>", "  <listing>"]
    for name, plan in plans.items():
        lines.append("    <morphology><name>%s</name><mtype>%s</mtype><msubtype>%s</msubtype>"
                     "<layer>5</layer></morphology>" % (name, plan.mtype, plan.msubtype))
    return "\n".join(lines + ["  </listing>", "</neurondb>"]) + "\n"


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="ascii")


def write_points(folder, points):
    write(folder / "apical_points_isec.json", json.dumps(points, indent=4) + "\n")


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__.split("\n\n")[1])
    out = pathlib.Path(sys.argv[1])
    points, sliced = {}, {}
    for name, plan in RELEASE.items():
        cell = Cell(plan)
        write(out / "morphologies" / (name + ".asc"), asc(cell))
        if name not in NO_APICAL_POINT:
            points[name] = cell.apical_index()
    write(out / "morphologies/neuronDB.xml", neuron_db(RELEASE))
    write_points(out / "morphologies", points)

    for (name, plan), (form, suffix) in zip(EXEMPLARS.items(), ((asc, ".asc"), (swc, ".swc"))):
        cell = Cell(plan)
        points[name] = cell.apical_index()
        write(out / "exemplars" / (name + suffix), form(cell))
        cell.slice()
        sliced[name] = cell.apical_index()
        write(out / "emodels/morphologies" / (name + suffix), form(cell))
    # BluePyMM looks all cells up in the folder of the first row, a repaired exemplar
    write_points(out / "exemplars", points)
    write_points(out / "emodels/morphologies", sliced)
    write(out / "exemplars/neuronDB.xml", neuron_db(EXEMPLARS))


if __name__ == "__main__":
    main()
