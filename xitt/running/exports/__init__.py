"""What runs keep, in forms that others read: XTREME's layout, answers by item."""
