"""Space Invoices: the addresses of signed links and of files."""

from billto.app import files as app
from billto.dialects.dialect import Does, Route
from billto.dialects.spaceinvoices import files, links
from billto.dialects.spaceinvoices.customers import CUSTOMER
from billto.dialects.spaceinvoices.files import FILE
from billto.domain.pictures import BYTES_MAX

_LINK = "/customers/{id}/portal-link"

FILE_ROUTES = (
    Route("GET", _LINK, Does.ASK, links.get, CUSTOMER, "Get a customer's signed link"),
    Route("POST", f"{_LINK}/rotate", Does.DO, links.rotate, CUSTOMER, "Replace a customer's signed link"),
    Route("POST", "/files", Does.DO, files.create, FILE, "Upload a file", status=201, file_max=BYTES_MAX),
    Route("GET", "/files", Does.PAGE, app.page, FILE, "List all files"),
    Route("GET", "/files/{id}", Does.GET, app.get, FILE, "Get file by ID"),
    Route("GET", "/files/{id}/content", Does.ASK, files.content, FILE, "Read a file"),
    Route("DELETE", "/files/{id}", Does.DROP, app.drop, FILE, "Delete a file", status=204),
)
