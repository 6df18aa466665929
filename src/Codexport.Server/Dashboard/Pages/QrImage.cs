using System.Globalization;
using System.Text;
using QRCoder;

namespace Codexport.Server.Dashboard.Pages;

/// <summary>A text as a QR code: dark squares on a light ground in either colour scheme, as cameras want it.</summary>
internal static class QrImage
{
    /// <summary>The picture.</summary>
    public static Html Of(string text)
    {
        using var code = QRCodeGenerator.GenerateQrCode(text, QRCodeGenerator.ECCLevel.M);
        var rows = code.ModuleMatrix;
        var path = new StringBuilder();
        for (var y = 0; y < rows.Count; y++)
        {
            for (var x = 0; x < rows[y].Count; x++)
            {
                if (rows[y][x])
                {
                    path.Append(CultureInfo.InvariantCulture, $"M{x} {y}h1v1h-1z");
                }
            }
        }

        return Html.Of($"""
            <svg class="qr" viewBox="0 0 {rows.Count} {rows.Count}" role="img" aria-label="QR code of the join link" shape-rendering="crispEdges"><rect width="100%" height="100%" fill="#fff"/><path fill="#000" d="{path.ToString()}"/></svg>
            """);
    }
}
