"""Shadowing placements (跟岗): a semester at a base school makes a nominee a lead teacher. Source: DOMAIN.md §1, §5."""
