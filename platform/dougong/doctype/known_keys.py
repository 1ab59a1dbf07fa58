"""The properties DocTypes and their fields have, by what becomes of them. One rule: a property in none of these sets is told
as a loss of its own, so that nothing new goes unseen."""

from __future__ import annotations

#: Of a field: translated, or told where they are translated.
USED = frozenset(
    """fieldname fieldtype label options reqd default description depends_on mandatory_depends_on read_only_depends_on
    read_only hidden unique search_index in_list_view permlevel fetch_from fetch_if_empty allow_on_submit set_only_once
    length precision non_negative is_virtual link_filters not_nullable""".split()  # noqa: SIM905
)
#: Of a field or DocType: says nothing about the form.
SILENT = frozenset(
    """name owner creation modified modified_by parent parenttype parentfield doctype docstatus idx oldfieldname
    oldfieldtype __islocal __unsaved __unedited __newname __last_sync_on is_custom_field is_system_generated module
    modified_field engine _user_tags _comments _assign _liked_by custom beta app in_create read_only read_only_onload
    migration_hash restrict_to_domain document_type field_order istable fields permissions version print_outline
    default_print_format ignore_xss_filter ignore_user_permissions""".split()  # noqa: SIM905
)
#: Of a field: how it looks, and helps of the screen that the platform has for all fields or for none.
APPEARANCE = frozenset(
    """bold width print_width print_hide print_hide_if_no_value report_hide columns collapsible collapsible_depends_on
    hide_border hide_days hide_seconds in_filter in_standard_filter in_global_search in_preview allow_in_quick_entry
    translatable no_copy remember_last_selected_value show_dashboard sort_options allow_bulk_edit documentation_url
    max_height placeholder trigger show_preview_popup no_column sticky alignment button_color icon
    show_description_on_click in_import_template mask make_attachment_public show_on_timeline options_icon""".split()  # noqa: SIM905
)
#: Of a DocType: translated, or told where they are translated.
DOCTYPE_USED = frozenset(
    """autoname naming_rule is_submittable issingle is_tree nsm_parent_field title_field search_fields sort_field
    sort_order description is_virtual""".split()  # noqa: SIM905
)
#: Of a DocType: helps of the screen that the platform has for all forms or for none.
DOCTYPE_APPEARANCE = frozenset(
    """icon image_field max_attachments quick_entry editable_grid hide_toolbar hide_heading track_changes track_seen
    track_views allow_rename allow_import allow_copy allow_bulk_edit default_view force_re_route_to_default_view
    show_name_in_global_search show_title_field_in_link translated_doctype index_web_pages_for_search menu_index color
    allow_events_in_timeline make_attachments_public row_format grid_page_length rows_threshold_for_grid_search
    allow_auto_repeat name_case is_calendar_and_gantt in_dialog show_in_menu subject tag_fields use_template smallicon
    max_height column_break_7 default_email_template website_search_field protect_attached_files
    queue_in_background show_preview_popup title_case has_dashboard timeline_field documentation states
    recipient_account_field""".split()  # noqa: SIM905
)
#: Rights of a permission that have a counterpart, or need none.
RIGHTS = ("read", "write", "create", "delete", "submit", "cancel", "print", "export", "import")
