"""A product is something an app sells."""

from ..client.files import File
from ..fields.property import property as column
from ..model import ParseObject


class Product(ParseObject, class_name="_Product"):
    """Something for sale (``_Product``); the server refuses one without the required fields (9.10, code 111).

    Attributes:
        product_identifier: how the app store names it.
        download: what the buyer gets, once the purchase is verified.
        position: where it stands in a list.
    """

    title = column(str, required=True)
    subtitle = column(str, required=True)
    product_identifier = column(str, required=True)
    icon = column(File, required=True)
    download = column(File)
    download_name = column(str)
    position = column(int, field="order", required=True)
