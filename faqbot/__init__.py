"""faqbot answers patients in the practice's own words, or hands over its phone numbers."""
