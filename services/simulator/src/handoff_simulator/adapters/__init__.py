"""The outside world: the record on disk, and the webhooks that go out."""
