"""Orders, parcels, refunds, products and customers, in any database that SQLAlchemy speaks."""
