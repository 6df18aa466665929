using System.Management.Automation;
using System.Text.Json;
using Codexport.Engine.Errors;
using Codexport.Engine.Results;
using Codexport.PowerShell.Serving;

namespace Codexport.PowerShell.Commands;

/// <summary>Publishes the revision in service to folders and object stores, through the program, which has the stores' libraries.</summary>
[Cmdlet(VerbsData.Publish, "CodexportRevision", SupportsShouldProcess = true)]
[OutputType(typeof(PublicationResult))]
public sealed class PublishCodexportRevisionCommand : CodexportCommand
{
    /// <summary>A folder, s3://BUCKET/PREFIX or azure://CONTAINER/PREFIX; without it those that local.toml names.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    public string? Target { get; set; }

    /// <summary>The service's address, where it is not the usual one.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Endpoint { get; set; }

    /// <summary>The region of an S3 bucket.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Region { get; set; }

    /// <summary>The bucket is part of the path, not of the host name.</summary>
    [Parameter]
    public SwitchParameter PathStyle { get; set; }

    /// <summary>Replace what another master, or another copy of this one, has published there.</summary>
    [Parameter]
    public SwitchParameter TakeOver { get; set; }

    /// <inheritdoc/>
    protected override void Execute()
    {
        var context = OpenHome();
        if (!ShouldProcess(Target ?? context.Home.SettingsFile, "Publish the revision in service"))
        {
            return;
        }

        using var host = HostProcess.Start(context, Arguments());
        CodexportException? failure = null;
        foreach (var line in host.ReadLines(StopToken))
        {
            WriteDebug(line);
            try
            {
                MasterEventReader.ThrowIfError(line);
                WriteAll(line);
            }
            catch (CodexportException error)
            {
                failure ??= error;
            }
        }

        if (failure is not null)
        {
            throw failure;
        }

        host.ThrowIfFailed();
    }

    private void WriteAll(string line)
    {
        using var json = JsonDocument.Parse(line);
        foreach (var item in json.RootElement.GetProperty("publications").EnumerateArray())
        {
            var warnings = item.GetProperty("warnings").EnumerateArray().Select(warning => warning.GetString()!).ToArray();
            Array.ForEach(warnings, warning => WriteWarning(OperationNames.ForCmdlets(warning)));
            WriteObject(new PublicationResult(
                item.GetProperty("target").GetString()!,
                Enum.Parse<PublicationStatus>(item.GetProperty("status").GetString()!, ignoreCase: true),
                item.GetProperty("revision").GetString()!,
                item.GetProperty("sequence").GetInt64(),
                item.GetProperty("epoch").GetInt64(),
                item.GetProperty("followers").GetInt32(),
                item.GetProperty("objectsUploaded").GetInt32(),
                item.GetProperty("bytesUploaded").GetInt64(),
                item.GetProperty("objectsRemoved").GetInt32(),
                warnings));
        }
    }

    private List<string> Arguments()
    {
        List<string> arguments = ["master", "publish", "--json"];
        if (Target is { } target)
        {
            arguments.Add(target.Contains("://", StringComparison.Ordinal) ? target : ResolvePath(target)!);
        }

        foreach (var (name, value) in new[] { ("--endpoint", Endpoint), ("--region", Region), ("--home", ResolvePath(HomePath)), ("--codex-dir", ResolvePath(CodexPath)) })
        {
            if (value is not null)
            {
                arguments.AddRange([name, value]);
            }
        }

        if (PathStyle)
        {
            arguments.Add("--path-style");
        }

        if (TakeOver)
        {
            arguments.Add("--take-over");
        }

        return arguments;
    }
}
