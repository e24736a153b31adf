"""Addresses of conversations, below /api/v1/."""

from django.urls import path

from notifications.api.threads import lists, moderation, views

urlpatterns = [
    path("threads", lists.ThreadsView.as_view(), name="threads"),
    path("threads/<str:thread_id>", views.ThreadView.as_view(), name="thread"),
    path("threads/<str:thread_id>/posts", views.PostsView.as_view(), name="thread-posts"),
    path("threads/<str:thread_id>/read", views.ThreadReadView.as_view(), name="thread-read"),
    path("threads/<str:thread_id>/block", views.BlockView.as_view(), name="thread-block"),
    path("posts/<str:post_id>/report", views.ReportView.as_view(), name="post-report"),
    path("operator/threads", lists.OperatorThreadsView.as_view(), name="operator-threads"),
    path("admin/threads", lists.AdminThreadsView.as_view(), name="admin-threads"),
    path("admin/post-reports", moderation.ReportsView.as_view(), name="admin-post-reports"),
    path(
        "admin/post-reports/<str:report_id>/dismiss",
        moderation.DismissView.as_view(),
        name="admin-post-report-dismiss",
    ),
    path(
        "admin/post-reports/<str:report_id>/remove",
        moderation.RemoveView.as_view(),
        name="admin-post-report-remove",
    ),
]
