using System.Management.Automation;
using Codexport.Engine;
using Codexport.Engine.Results;
using Codexport.Engine.Services;
using Codexport.PowerShell.Serving;

namespace Codexport.PowerShell;

/// <summary>What the cmdlets that change a service or timer share: one plan, shown with -WhatIf and carried out without.</summary>
public abstract class ServiceCommand : CodexportChangeCommand
{
    /// <summary>The program of this module, as a service runs it: a copy, because the module's folder goes away with its version.</summary>
    internal static ServiceProgram Program => new()
    {
        Folder = Path.GetDirectoryName(HostProgram.Assembly)!,
        Dotnet = DotnetProgram.Find(),
        IsCopied = true,
    };

    /// <summary>Shows or makes a change.</summary>
    /// <param name="action">What it is, as a person would say it.</param>
    /// <param name="change">Makes the plan, and carries it out unless it is dry.</param>
    protected void Change(string action, Func<ServiceOperations, bool, Task<ServiceChangeResult>> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        var plan = Run(context => change(new ServiceOperations(context, Program), true));
        var description = plan.Changed ? $"{action} ({plan.Manager}, {plan.Name}):{Environment.NewLine}{plan.Describe()}" : $"{action}: nothing to change.";
        if (ShouldProcess(description, $"{action} '{plan.Name}' ({plan.Manager})?", "Codexport", out var reason))
        {
            var result = Run(context => change(new ServiceOperations(context, Program), false));
            WriteWarnings(result.Warnings);
            WriteResult(result);
        }
        else if (reason == ShouldProcessReason.WhatIf)
        {
            WriteWarnings(plan.Warnings);
            WriteResult(plan);
        }
    }
}
