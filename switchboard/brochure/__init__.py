"""The brochure writer: from a company's web address to a brochure whose sentences name their pages."""
