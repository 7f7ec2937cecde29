"""Random morphology files, ordinary and odd ones, for the comparison with NEURON."""

import math
import random


def number(rng, x):
    """Write a coordinate the way different programs do."""
    return rng.choice(["%.9f", "%.4f", "%.2f", "%g", "%.12g", "%.1f", "%.7f"]) % x


def _contour_points(rng, center, kind):
    cx, cy, cz = center
    n = rng.randint(3, 40)
    size = rng.uniform(3, 15)
    if kind == "round":
        angles = sorted(rng.uniform(0, 2 * math.pi) for _ in range(n))
        return [(cx + size * rng.uniform(0.6, 1.2) * math.cos(a),
                 cy + size * rng.uniform(0.6, 1.2) * math.sin(a), cz) for a in angles]
    if kind == "regular":
        n = rng.choice([3, 4, 6, 8, 12])
        points = [(cx + round(size) * math.cos(2 * math.pi * i / n),
                   cy + round(size) * math.sin(2 * math.pi * i / n), cz)
                  for i in range(n)]
        return points + points[:rng.randint(0, 1)]
    if kind == "square":
        s = round(size)
        corners = [(s, 0), (0, s), (-s, 0), (0, -s)]
        if rng.random() < 0.5:
            corners = [(s, s), (-s, s), (-s, -s), (s, -s)]
        k = rng.randint(0, 3)
        corners = corners[k:] + corners[:k]
        if rng.random() < 0.5:
            corners.reverse()
        corners += corners[:rng.randint(0, 1)]
        return [(cx + x, cy + y, cz) for x, y in corners]
    if kind == "tilted":
        return [(x, y, z + rng.uniform(-1, 1)) for x, y, z in
                _contour_points(rng, center, "round")]
    # star: far from convex
    return [(cx + size * rng.uniform(0.1, 1.3) * math.cos(2 * math.pi * i / n),
             cy + size * rng.uniform(0.1, 1.3) * math.sin(2 * math.pi * i / n), cz)
            for i in range(n)]


class AscWriter:
    """One random Neurolucida file."""

    def __init__(self, rng, odd):
        self.rng = rng
        self.odd = odd
        self.out = []

    def sometimes(self, p):
        return self.odd and self.rng.random() < p

    def point(self, p, d):
        n = [number(self.rng, v) for v in (*p, d)]
        if self.sometimes(0.01):
            n = n[:self.rng.randint(2, 3)]
        sep = ", " if self.sometimes(0.05) else " "
        text = "(%s%s)" % (sep.join(n), " S1" if len(n) == 4 and self.sometimes(0.05)
                           else "")
        if self.sometimes(0.02):
            text += " ; a comment ( with ) parentheses"
        return text

    def contour(self, name, points):
        self.out.append('("%s"' % name)
        self.out.append("  (Color %s)" % ("RGB (128, 0, 64)" if self.sometimes(0.2)
                                          else "Red"))
        if name == "CellBody" and self.rng.random() < 0.5:
            self.out.append("  (CellBody)")
        for p in points:
            self.out.append("  " + self.point(p, 0.0))
        self.out.append(")")

    def branch(self, start, diam, depth, indent):
        rng = self.rng
        pad = "  " * indent
        p = list(start)
        direction = [rng.gauss(0, 1) for _ in range(3)]
        n = rng.choice([1, 2, 3, 5, 10, 30]) if self.odd else rng.randint(2, 30)
        step = rng.choice([0.3, 2.0, 6.0])
        for i in range(n):
            if i > 0 or self.rng.random() < 0.5:
                if not self.sometimes(0.05):
                    p = [round(a + step * (b + rng.gauss(0, 0.4)), 6)
                         for a, b in zip(p, direction)]
            diam = max(0.1, diam * rng.choice([1.0, 1.0, 0.95, 1.05]))
            text = pad + self.point(p, diam)
            if self.sometimes(0.02):
                text += " <(1 2 3 0.4)>"
            self.out.append(text)
        if self.sometimes(0.1):
            self.out.append(pad + "(FilledCircle (Color White) (Name \"M 1\")")
            self.out.append(pad + "  " + self.point(p, 1.0) + ")")
        if depth > 0 and rng.random() < 0.7:
            self.out.append(pad + "(")
            n_child = rng.choice([1, 2, 2, 2, 3]) if self.odd else 2
            for i in range(n_child):
                if i:
                    self.out.append(pad + "|")
                self.branch(p, diam, depth - 1, indent + 1)
            self.out.append(pad + ")" + ("  ;  End of split" if rng.random() < 0.5
                                         else ""))
        elif rng.random() < 0.8:
            self.out.append(pad + rng.choice(["Normal", "High", "Incomplete", "Origin"]))

    def tree(self, kind, start):
        self.out.append("( (Color Blue)")
        if self.sometimes(0.1):
            self.out.append('  (Set "things")' if self.rng.random() < 0.5
                            else "  (Resolution 0.5)")
        if kind:
            self.out.append("  (%s)" % kind)
        self.branch(start, self.rng.uniform(0.3, 4), self.rng.randint(0, 4), 1)
        self.out.append(") ; end of tree")

    def text(self):
        rng = self.rng
        center = [rng.uniform(-50, 50) for _ in range(3)]
        if rng.random() < 0.3:
            center = [0.0, 0.0, 0.0]
        kinds = ["round", "regular", "square", "tilted", "star"]
        self.out.append("; generated")
        if self.sometimes(0.3):
            self.out.append('(ImageCoords "x.jpg" 1 1 0 0)')
        if self.sometimes(0.2):
            self.contour("Outline", _contour_points(rng, center, "round"))
        late_soma = self.sometimes(0.2)
        n_stack = rng.randint(2, 4) if self.sometimes(0.2) else 1

        def somas():
            if self.sometimes(0.03):
                return
            for i in range(n_stack):
                self.contour(rng.choice(["CellBody", "Cell Body", "Soma"]),
                             _contour_points(rng, (center[0], center[1],
                                                   center[2] + 2.0 * i),
                                             rng.choice(kinds)))
            if self.sometimes(0.08):
                self.contour("CellBody", _contour_points(
                    rng, (center[0] + 100, center[1], center[2]), "round"))

        if not late_soma:
            somas()
        for _ in range(rng.randint(1, 5)):
            reach = rng.choice([2.0, 8.0, 8.0, 40.0])
            start = [round(c + rng.uniform(-reach, reach), 5) for c in center]
            self.tree(rng.choice(["Axon", "Dendrite", "Dendrite", "Apical"]), start)
            if self.sometimes(0.1):
                self.out.append('((Color Red) (1 2 3) "some text")')
            if self.sometimes(0.1):
                self.out.append("(Flag (Color Red) (1 2 3 4) (2 3 4 5))")
        if late_soma:
            somas()
        return "\n".join(self.out) + "\n"


def asc_text(seed, odd=True):
    """A random .asc file."""
    return AscWriter(random.Random(seed), odd).text()


class SwcWriter:
    """One random SWC file."""

    def __init__(self, rng):
        self.rng = rng
        self.rows = []  # type, x, y, z, r, parent index

    def add(self, kind, p, r, parent):
        self.rows.append((kind, *p, r, parent))
        return len(self.rows) - 1

    def soma(self):
        rng = self.rng
        shape = rng.choice(["point", "point", "three", "line", "line", "branched", "none"])
        p = [round(rng.uniform(-20, 20), 4) for _ in range(3)]
        r = round(rng.uniform(3, 10), 4)
        if shape == "point":
            return [self.add(1, p, r, -1)]
        if shape == "three":
            root = self.add(1, p, r, -1)
            self.add(1, (p[0], p[1] - r, p[2]), r, root)
            self.add(1, (p[0], p[1] + r, p[2]), r, root)
            return [root]
        if shape == "none":
            kind = rng.choice([2, 3, 4])
            return self.chain(kind, p, r / 4, -1, rng.randint(2, 6))
        points = self.chain(1, p, r, -1, rng.randint(2, 6))
        if shape == "branched":
            for _ in range(rng.randint(1, 2)):
                at = rng.choice(points)
                points += self.chain(1, self.rows[at][1:4], r / 2, at,
                                     rng.randint(1, 4))
        return points

    def chain(self, kind, start, r, parent, n):
        rng = self.rng
        p = list(start)
        out = []
        for _ in range(n):
            if rng.random() > 0.04:
                p = [round(a + rng.gauss(0, 4), 5) for a in p]
            if rng.random() < 0.2:
                r = max(0.05, r * rng.uniform(0.7, 1.1))
            parent = self.add(kind, p, round(r, 5), parent)
            out.append(parent)
        return out

    def text(self):
        rng = self.rng
        soma = self.soma()
        points = list(soma)
        n_branch = rng.randint(0, 25)
        for i in range(n_branch):
            pool = soma if i < 3 or rng.random() < 0.15 else points
            at = rng.choice(pool[-12:] if rng.random() < 0.5 else pool)
            kind = self.rows[at][0]
            if kind == 1 or rng.random() < 0.05:
                kind = rng.choice([2, 3, 3, 4, 5, 6] if rng.random() < 0.2
                                  else [2, 3, 3, 4])
            if rng.random() < 0.01:
                at = -1  # a further root
            points += self.chain(kind, self.rows[at][1:4], rng.uniform(0.1, 3), at,
                                 rng.choice([1, 1, 2, 3, 8, 20]))
        order = self.order()
        number_of = {}
        gap = rng.random() < 0.2
        next_id = rng.choice([0, 1, 1, 1, 7])
        lines = ["# generated", "#   id type x y z r parent"]
        for i in order:
            kind, x, y, z, r, parent = self.rows[i]
            number_of[i] = next_id
            next_id += rng.randint(1, 3) if gap else 1
            lines.append("%s%d %d %s %s %s %s %d" % (
                " " if rng.random() < 0.3 else "", number_of[i], kind, number(rng, x),
                number(rng, y), number(rng, z), "%.6g" % max(r, 0.05),
                -1 if parent < 0 else number_of[parent]))
            if rng.random() < 0.02:
                lines.append(rng.choice(["", "# remark", "   "]))
        return "\n".join(lines) + "\n"

    def order(self):
        """Parents first; sometimes shuffled."""
        rng = self.rng
        if rng.random() < 0.5:
            return list(range(len(self.rows)))
        children = {}
        for i, row in enumerate(self.rows):
            children.setdefault(row[5], []).append(i)
        ready = list(children[-1][1:])  # further roots after the first one
        out = [0]
        ready += children.get(0, [])
        depth_first = rng.random() < 0.6
        while ready:
            k = -1 if depth_first else rng.randrange(len(ready))
            i = ready.pop(k)
            out.append(i)
            ready += children.get(i, [])
        return out


def swc_text(seed):
    """A random .swc file."""
    return SwcWriter(random.Random(seed)).text()


def damage(rng, text):
    """A file with one thing wrong."""
    kind = rng.choice(["cut", "drop", "insert", "swap", "nan", "line"])
    at = rng.randrange(max(1, len(text)))
    if kind == "cut":
        return text[:at]
    if kind == "drop":
        return text[:at] + text[at + 1:]
    if kind == "insert":
        return text[:at] + rng.choice(["(", ")", "|", "x", "-", '"', "<", "\0", "\n"]) + \
            text[at:]
    lines = text.split("\n")
    i, j = rng.randrange(len(lines)), rng.randrange(len(lines))
    if kind == "swap":
        lines[i], lines[j] = lines[j], lines[i]
    elif kind == "line":
        del lines[i]
    else:
        words = lines[i].split(" ")
        words[rng.randrange(len(words))] = "nan"
        lines[i] = " ".join(words)
    return "\n".join(lines)
