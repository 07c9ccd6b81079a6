"""One file or folder per outside service: auth, operations, paging, mapping to domain types."""
