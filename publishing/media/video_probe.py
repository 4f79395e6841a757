"""Looks into the video on standard input and prints what it is, as JSON. Run as a program of its own, never imported:

a file can be made so that the library that reads it counts for minutes, or breaks, and only this process goes with it.
The library is given bytes and never a path, so that nothing which the file refers to can be looked up.
"""

import json
import resource
import sys

from pymediainfo import MediaInfo

MOST_MEMORY = 1_000_000_000
PROBED_FIELDS = (
    "format",
    "format_profile",
    "codec_id",
    "duration",
    "width",
    "height",
    "rotation",
    "istruncated",
    "count_of_audio_streams",
)


def main(seconds: int) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    if sys.platform == "linux":  # elsewhere it cannot be lowered
        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    found = MediaInfo.parse(sys.stdin.buffer, encoding_errors="replace")
    tracks = [*found.general_tracks[:1], *found.video_tracks[:1]]
    json.dump([{name: getattr(track, name) for name in PROBED_FIELDS} for track in tracks], sys.stdout)


if __name__ == "__main__":
    main(int(sys.argv[1]))
