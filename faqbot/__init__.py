"""faqbot answers patients in the practice's own words, or hands over its phone numbers."""

import os

# Before numpy is first imported. The products here are small and the server has threads of its own:
# with OpenBLAS's, which wait for one another by spinning, a question took 8 ms instead of 1 on two
# busy cores.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
