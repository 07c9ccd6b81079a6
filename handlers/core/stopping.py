"""What names the wish to stop a digest, for who stores it and who fulfils it."""

STOP_DIGEST = "stop_digest"
