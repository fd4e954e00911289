"""Sample customers, contacts and contracts as data files; dates are days from the day of seeding."""
