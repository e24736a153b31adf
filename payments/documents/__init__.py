"""Documents on paper: invoices, credit notes, receipts and statements as PDF."""
