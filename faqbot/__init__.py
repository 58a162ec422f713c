"""faqbot answers patients' questions in the practice's own words, or hands over its phone numbers."""
