#!/usr/bin/env python3
"""bench.py: what `make bench` runs: dcmchain against cp -r and two tools of Debian, on corpora made here.

usage: bench.py BUILD [CORPUS…]; corpora: ct mr us jpeg, and `scale` (1,000 to 100,000 small files)
Knobs in the environment: BENCH_COUNT (per cent of each corpus, 100), BENCH_ROUNDS (7), BENCH_DIR (/dev/shm).
Rounds are interleaved: each runs every tool once, so that a slow minute of the machine hits all of them alike.
"""
import hashlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile

CORPORA = {"ct": (400, 1.5), "mr": (1000, 4.0), "us": (6, 1.15), "jpeg": (400, 2.6)}
SCALE = (1000, 10000, 100000)
PROJECT = ["--set", "anonymise.project=bench"]
BAR_TOOL = "dcmchain -j 2"


class Bench:
    def __init__(self, build):
        self.build = build
        self.percent = int(os.environ.get("BENCH_COUNT", "100"))
        self.rounds = int(os.environ.get("BENCH_ROUNDS", "7"))
        self.folder = tempfile.mkdtemp(prefix="dcmchain-bench-", dir=os.environ.get("BENCH_DIR", "/dev/shm"))
        self.key = os.path.join(self.folder, "key")
        with open(self.key, "w", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
            file.write(hashlib.sha256(b"dcmchain bench").hexdigest() + "\n")

    def make(self, corpus, count):
        folder = os.path.join(self.folder, corpus)
        subprocess.run([os.path.join(self.build, "bench-corpora"), folder, corpus, str(count)], check=True)
        return folder

    def dcmchain(self, source, threads, report=None):
        command = [os.path.join(self.build, "dcmchain"), "run", "-q", "-j", str(threads), "-i", source, "-o", "{out}",
                   "--key-file", self.key] + PROJECT
        return command + (["--report", report] if report else [])

    def tools(self, source):
        """Each as a command (or a function of the output folder that gives one)."""
        report = os.path.join(self.folder, "report.json")
        tools = {
            "cp -r": ["cp", "-r", source, "{out}"],
            "dcmchain -j 1": self.dcmchain(source, 1, report),
            "dcmchain -j 2": self.dcmchain(source, 2),
        }
        if shutil.which("gdcmanon"):
            # Sixteen tags of the top level: what it does at least, without a certificate and without nesting.
            tags = ["10,10", "10,20", "10,30", "10,40", "8,50", "8,80", "8,81", "8,90", "8,1010", "8,1030", "8,1048",
                    "8,1050", "8,1070", "10,1000", "10,1040", "20,10"]
            removes = [word for tag in tags for word in ("--empty", tag)]
            tools["gdcmanon"] = ["gdcmanon", "--dumb", "-r", "--continue"] + removes + [source, "{out}"]
        if shutil.which("dcmodify"):
            # It edits in place: the copy is a part of its way.
            tools["dcmodify"] = ["sh", "-c", 'cp -r "$1" "$2" && exec find "$2" -name "*.dcm" -exec dcmodify -nb -imt '
                                 '-ma "(0010,0010)=X" -ma "(0010,0020)=X" -ea "(0008,0050)" -ea "(0010,0030)" {} +',
                                 "sh", source, "{out}"]
        return tools

    def run(self, command):
        out = os.path.join(self.folder, "out")
        shutil.rmtree(out, ignore_errors=True)
        if command[0] == "gdcmanon":
            os.mkdir(out)
        command = [out if word == "{out}" else word for word in command]
        taken = os.path.join(self.folder, "taken")
        result = subprocess.run([os.path.join(self.build, "bench-timed"), taken] + command, stdout=subprocess.DEVNULL,
                                stderr=subprocess.PIPE, text=True)
        if result.returncode != 0:
            sys.exit("bench: %s ended with %d: %s" % (command[0], result.returncode, result.stderr[-500:]))
        with open(taken) as file:
            wall, user, system, peak = map(float, file.read().split())
        return {"wall": wall, "user": user, "system": system, "peak": peak / 1024, "cpu": user + system}

    def measure(self, tools):
        results = {name: [] for name in tools}
        for name, command in tools.items():
            self.run(command)  # warms caches
        for _ in range(self.rounds):
            for name, command in tools.items():
                results[name].append(self.run(command))
        return results

    def phases(self):
        with open(os.path.join(self.folder, "report.json")) as file:
            return json.load(file)["phases"]

    def close(self):
        shutil.rmtree(self.folder, ignore_errors=True)


def median(results, what):
    return statistics.median(result[what] for result in results)


def noise(results):
    """How far the middle half of the rounds lies apart, to the median."""
    walls = sorted(result["wall"] for result in results)
    quarter = len(walls) // 4
    return (walls[-1 - quarter] - walls[quarter]) / statistics.median(walls)


def size_of(folder):
    return sum(os.path.getsize(os.path.join(folder, name)) for name in os.listdir(folder))


def print_corpus(bench, corpus, source, results):
    count, size = len(os.listdir(source)), size_of(source)
    base = median(results["cp -r"], "wall")
    print("\n%s: %d files of %.0f kB, %.0f MB" % (corpus, count, size / count / 1000, size / 1e6))
    print("%-14s %9s %7s %7s %9s %9s %9s %8s %9s %7s" % (
        "", "wall ms", "ratio", "noise", "user ms", "system ms", "CPU ratio", "peak MB", "files/s", "MB/s"))
    for name, rounds in results.items():
        wall = median(rounds, "wall")
        # Ratios within a round, against the cp of that round.
        ratio = statistics.median(one["wall"] / other["wall"] for one, other in zip(rounds, results["cp -r"]))
        cpu = median(rounds, "cpu") / median(results["cp -r"], "cpu")
        print("%-14s %9.0f %7.2f %6.0f%% %9.0f %9.0f %9.2f %8.0f %9.0f %7.0f" % (
            name, wall * 1e3, ratio, noise(rounds) * 100, median(rounds, "user") * 1e3,
            median(rounds, "system") * 1e3, cpu, median(rounds, "peak"), count / wall, size / 1e6 / wall))
    print("dcmchain -j 1, where its time goes: " + ", ".join(
        "%s %d ms (CPU %d)" % (phase["name"], phase["wall_ms"], phase["cpu_ms"]) for phase in bench.phases()))
    bar = CORPORA[corpus][1]
    ratio = statistics.median(one["wall"] / other["wall"] for one, other in zip(results[BAR_TOOL], results["cp -r"]))
    print("bar %.2f: %s with %.2f; the noise of cp -r is %.0f%%" % (
        bar, "reached" if ratio <= bar else "MISSED", ratio, noise(results["cp -r"]) * 100))
    return ratio <= bar and base > 0


def run_corpus(bench, corpus):
    count = max(1, CORPORA[corpus][0] * bench.percent // 100)
    source = bench.make(corpus, count)
    well = print_corpus(bench, corpus, source, bench.measure(bench.tools(source)))
    shutil.rmtree(source)
    return well


def run_scale(bench):
    for corpus, what in (("small", "100 in a study"), ("study", "all in one study")):
        print("\nscale: files of 1.3 kB, %s; linear means that the last columns stay the same" % what)
        scale_corpus(bench, corpus)
    return True


def scale_corpus(bench, corpus):
    print("%9s %9s %9s %9s %14s %14s" % ("files", "wall ms", "CPU ms", "peak MB", "CPU us a file", "peak B a file"))
    empty = None
    for number in SCALE:
        count = max(100, number * bench.percent // 100)
        source = bench.make(corpus, count)
        result = bench.run(bench.dcmchain(source, 2))
        cpu = result["user"] + result["system"]
        empty = result["peak"] if empty is None else empty
        print("%9d %9.0f %9.0f %9.0f %14.0f %14.0f" % (count, result["wall"] * 1e3, cpu * 1e3, result["peak"],
                                                       cpu * 1e6 / count, (result["peak"] - empty) * 1048576 / count))
        if result["peak"] * 1048576 > 64 * 1048576 + 1024 * count:
            sys.exit("bench: the peak is over 64 MiB + 1 KiB an instance")
        shutil.rmtree(source)


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    bench = Bench(os.path.abspath(sys.argv[1]))
    corpora = sys.argv[2:] or list(CORPORA)
    missed = []
    try:
        print("%d processors, load %.1f, %s, %d rounds, medians; ratios to the cp -r of the same round" % (
            len(os.sched_getaffinity(0)), os.getloadavg()[0], os.environ.get("BENCH_DIR", "/dev/shm"), bench.rounds))
        for corpus in corpora:
            if not (run_scale(bench) if corpus == "scale" else run_corpus(bench, corpus)):
                missed.append(corpus)
    finally:
        bench.close()
    if missed and bench.percent == 100:
        sys.exit("bench: over the bar: " + " ".join(missed))


main()
