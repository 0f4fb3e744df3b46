"""A product is something an app sells."""

from ..client.files import File
from ..fields.property import property as column
from ..model import ParseObject


class Product(ParseObject):
    """Something for sale (``_Product``); only the master key makes products (9.10).

    Attributes:
        product_identifier: how the app store names it.
        download: what the buyer gets, once the purchase is verified.
        position: where it stands in a list.
    """

    title = column(str, required=True)
    subtitle = column(str)
    product_identifier = column(str, required=True)
    icon = column(File)
    download = column(File)
    download_name = column(str)
    position = column(int, field="order")
