using System.Collections.Immutable;
using Microsoft.AspNetCore.Http;

namespace Codexport.Server.Dashboard;

/// <summary>A file that belongs to the pages, out of the assembly itself.</summary>
/// <param name="Name">Its name, here and in its address.</param>
/// <param name="ContentType">What it is.</param>
internal sealed record Asset(string Name, string ContentType)
{
    /// <summary>All there are.</summary>
    public static readonly ImmutableArray<Asset> All =
    [
        new("page.css", "text/css; charset=utf-8"), new("page.js", "text/javascript; charset=utf-8"), new("icon.svg", "image/svg+xml"),
    ];

    /// <summary>Sends it.</summary>
    public async Task SendAsync(HttpContext context)
    {
        await using var content = typeof(Asset).Assembly.GetManifestResourceStream("Codexport.Server.Dashboard.Assets." + Name)
            ?? throw new InvalidOperationException($"The assembly came without {Name}.");
        context.Response.ContentType = ContentType;
        context.Response.ContentLength = content.Length;
        context.Response.Headers.CacheControl = "private, max-age=3600";
        await content.CopyToAsync(context.Response.Body, context.RequestAborted);
    }
}
