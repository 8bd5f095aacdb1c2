# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""A peer as somebody else's package brings it: this one file and an entry point."""

from demos_harvest.peers.licences import licence_of
from demos_harvest.peers.peer import Link, Peer
from demos_harvest.peers.text import doi_of, fingerprint, plain
from demos_harvest.peers.types import Change, Listing, Metadata, ModelFile, PeerRecord


class Toy:
    """A list of records, each with one file."""

    peer = "toy"

    def __init__(self, http):
        self.http = http

    def close(self):
        self.http.close()

    def listing(self, cursor, since=None):
        entries = self.http.get_json("/list")["records"]
        changes = [Change(entry["id"], entry["changed"]) for entry in entries]
        return Listing(changes, "now", frozenset(c.source_id for c in changes))

    def record(self, source_id):
        answer = self.http.get_json(f"/items/{source_id}")
        site = self.http.settings.base_url
        licence, mirror = licence_of(answer["licence"])
        metadata = Metadata().put("title", plain(answer["title"]))
        metadata.put("creators", [{"name": answer["author"], "type": "personal"}])
        metadata.refer("toy", record_id=source_id, doi=doi_of(answer["doi"]), url=None)
        metadata.alias(doi_of(answer["doi"]))
        file = ModelFile(
            key=f"{source_id}/model.json",
            filename="model.json",
            url=f"{site}/items/{source_id}",
            download_url=f"{site}/items/{source_id}/model.json",
            licence=licence,
            mirror=mirror,
        )
        return PeerRecord(
            peer="toy",
            record_id=source_id,
            lineage=source_id,
            version="1",
            fingerprint=fingerprint(answer),
            url=f"{site}/items/{source_id}",
            metadata=metadata.fields,
            files=(file,),
        )

    def download(self, file, target):
        return self.http.download(file.download_url, target)


PEER = Peer(
    name="toy",
    title="Toy archive",
    url="https://toy.example.org",
    build=lambda setup: Toy(setup.http),
    purpose="Models that nobody needs.",
    harvested=True,
    every=6,
    importable=True,
    open_import=True,
    looked_up=True,
    sites=("toy.example.org",),
    links=(Link(r"/items/(?P<id>\w+)"),),
    dois=(Link(r"10\.5555/toy\.(?P<id>\w+)"),),
    example="a1",
)
