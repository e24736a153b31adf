"""A document as an HTTP answer."""

from django.http import HttpResponse

from payments.models import Document


def pdf_answer(document: Document) -> HttpResponse:
    """The PDF, shown by the browser under the document's number; nobody between may keep it."""
    # here, for ReportLab takes 5 MB and most web processes make no PDF
    from payments.documents.pdf import render

    return HttpResponse(
        render(document),
        content_type="application/pdf",
        headers={
            "Content-Disposition": f'inline; filename="{document.number}.pdf"',
            "Cache-Control": "private, no-cache",
        },
    )
