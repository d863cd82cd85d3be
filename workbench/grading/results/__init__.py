"""From marks to what people read: points, tables, feedback, a report."""
