"""What is linked into the program, from what `cargo metadata` knows of it: parts.py LICENCES SBOM, called by tests/package where Cargo.lock lies.
Not cargo-cyclonedx: it lists what only the build uses, with paths of the computer, a random number and the time, and writes no licences."""

import json, pathlib, sys, tomllib
data = json.load(sys.stdin)
packages = {package["id"]: package for package in data["packages"]}
nodes = {node["id"]: node for node in data["resolve"]["nodes"]}

def beneath(one):
    """What a package is linked with: neither its build, nor its tests, nor macros."""
    linked = (dep["pkg"] for dep in nodes[one]["deps"] if any(kind["kind"] is None for kind in dep["dep_kinds"]))
    return [one for one in linked if not any("proc-macro" in target["kind"] for target in packages[one]["targets"])]

linked, ways = set(), [data["resolve"]["root"]]
while ways:
    one = ways.pop()
    if one not in linked:
        linked.add(one)
        ways += beneath(one)
linked = sorted(linked, key=lambda one: (packages[one]["name"], packages[one]["version"]))
url = lambda one: "pkg:cargo/{name}@{version}".format(**packages[one])

with open(sys.argv[1], "w") as out:
    print("What others wrote and zairyu holds. The standard library of Rust is MIT OR Apache-2.0, copyright of the Rust Project Developers;\n"
        "musl, in the static program, MIT, copyright of Rich Felker and others. Places and postal codes: Japan Post; forms of kanji: OpenCC, Apache-2.0.\n", file=out)
    texts = {}
    for package in (packages[one] for one in linked if packages[one]["source"]):
        print(package["name"], package["version"], package["license"] or package["license_file"], package["repository"] or "", file=out)
        for file in sorted(pathlib.Path(package["manifest_path"]).parent.iterdir()):
            if file.is_file() and file.name.upper().startswith(("LICEN", "COPYING", "COPYRIGHT", "NOTICE", "UNLICENSE")):
                text = file.read_text(errors="replace").replace("\r\n", "\n").strip()
                texts.setdefault(text, []).append(package["name"] + " " + file.name)
    for text, whose in texts.items():
        print("\n" + "-" * 80, ", ".join(whose), "-" * 80, "", text, sep="\n", file=out)

sums = {(package["name"], package["version"]): package.get("checksum") for package in tomllib.load(open("Cargo.lock", "rb"))["package"]}

def component(one):
    package = packages[one]
    part = {"type": "library", "bom-ref": url(one), "name": package["name"], "version": package["version"], "purl": url(one)}
    part["licenses"] = [{"expression": (package["license"] or "").replace("/", " OR ")}] if package["license"] else []
    if sums.get((package["name"], package["version"])):
        part["hashes"] = [{"alg": "SHA-256", "content": sums[package["name"], package["version"]]}]
    return part

root = data["resolve"]["root"]
bom = {
    "$schema": "http://cyclonedx.org/schema/bom-1.5.schema.json", "bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
    "metadata": {"component": component(root) | {"type": "application"}},
    "components": [component(one) for one in linked if one != root],
    "dependencies": [{"ref": url(one), "dependsOn": sorted(map(url, set(beneath(one))))} for one in linked],
}
json.dump(bom, open(sys.argv[2], "w"), indent=1)
