"""Answers one question to libtorrent: JSON on standard input, JSON on standard output, bytes as hex or base64."""

import base64
import json
import sys

import libtorrent as lt

FLAGS = {
    "v1": lt.create_torrent.v1_only,
    "v2": lt.create_torrent.v2_only,
    "hybrid": lt.create_torrent.canonical_files,
}


def create(folder, paths, piece_length, version):
    """Hashes files on disk; `paths` are relative to `folder`."""
    storage = lt.file_storage()
    for path, length in paths:
        storage.add_file(path, length)
    torrent = lt.create_torrent(storage, piece_length, FLAGS[version])
    lt.set_piece_hashes(torrent, folder)
    return {"torrent": base64.b64encode(lt.bencode(torrent.generate())).decode()}


def inspect(torrent):
    info = lt.torrent_info(lt.bdecode(base64.b64decode(torrent)))
    hashes = info.info_hashes()
    files = info.files()
    return {
        "name": info.name(),
        "v1": str(hashes.v1) if hashes.has_v1() else None,
        "v2": str(hashes.v2) if hashes.has_v2() else None,
        "pieceLength": info.piece_length(),
        "pieceCount": info.num_pieces(),
        "trackers": [tracker.url for tracker in info.trackers()],
        "files": [
            {
                "path": files.file_path(i),
                "length": files.file_size(i),
                "offset": files.file_offset(i),
                "root": files.root(i).to_bytes().hex(),
            }
            for i in range(files.num_files())
            if not files.file_flags(i) & lt.file_storage.flag_pad_file
        ],
    }


def open_all(torrents):
    """What libtorrent makes of the bytes of each .torrent file as they stand; null for one that it refuses."""
    return [open_one(base64.b64decode(torrent)) for torrent in torrents]


def open_one(torrent):
    try:
        info = lt.load_torrent_buffer(torrent).ti
    except RuntimeError:
        return None
    hashes = info.info_hashes()
    files = info.files()
    left_out = lt.file_storage.flag_pad_file | lt.file_storage.flag_symlink
    return {
        "v1": str(hashes.v1) if hashes.has_v1() else None,
        "v2": str(hashes.v2) if hashes.has_v2() else None,
        "private": info.priv(),
        "pieceCount": info.num_pieces(),
        "files": [
            {"entry": i, "length": files.file_size(i), "offset": files.file_offset(i)}
            for i in range(files.num_files())
            if not files.file_flags(i) & left_out
        ],
    }


def magnet(link):
    parameters = lt.parse_magnet_uri(link)
    hashes = parameters.info_hashes
    return {
        "v1": str(hashes.v1) if hashes.has_v1() else None,
        "v2": str(hashes.v2) if hashes.has_v2() else None,
        "name": parameters.name,
        "trackers": parameters.trackers,
    }


def make_magnet(torrent):
    info = lt.torrent_info(lt.bdecode(base64.b64decode(torrent)))
    return {"magnet": lt.make_magnet_uri(info)}


ACTIONS = {"create": create, "inspect": inspect, "open_all": open_all, "magnet": magnet, "make_magnet": make_magnet}

question = json.load(sys.stdin)
json.dump(ACTIONS[question.pop("action")](**question), sys.stdout)
