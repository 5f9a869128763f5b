"""Who answers the customer, and when that changes: pure, total, without clock, ids or I/O."""
