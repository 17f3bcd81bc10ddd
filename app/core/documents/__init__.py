"""Papers to print and sign: the same facts as PDF (``pdf.render_pdf``) or Word (``word.render_docx``)."""
