param([string] $ModulePath, [string] $ProgramPath)

BeforeDiscovery {
    Import-Module $ModulePath -Force
    $cmdlets = (Get-Command -Module Codexport).Name
}

BeforeAll {
    . (Join-Path $PSScriptRoot 'Helpers.ps1')
    Import-Module $ModulePath -Force
    $pwsh = [Environment]::ProcessPath
}

Describe 'the module' {
    It 'has a valid manifest' {
        (Test-ModuleManifest (Join-Path (Get-Module Codexport).ModuleBase 'Codexport.psd1')).Name | Should -Be 'Codexport'
    }

    It 'can be imported twice' {
        Import-Module $ModulePath -Force
        Import-Module $ModulePath -Force
        Get-Command Sync-CodexportFollower | Should -Not -BeNullOrEmpty
    }

    It 'uses approved verbs only' {
        $approved = (Get-Verb).Verb
        (Get-Command -Module Codexport).Verb | Where-Object { $_ -notin $approved } | Should -BeNullOrEmpty
    }

    It 'exports no function, alias or variable' {
        $module = Get-Module Codexport
        $module.ExportedFunctions.Count + $module.ExportedAliases.Count + $module.ExportedVariables.Count | Should -Be 0
    }

    It 'gives every cmdlet -HomePath and -CodexPath' {
        foreach ($command in Get-Command -Module Codexport) {
            $command.Parameters.Keys | Should -Contain 'HomePath' -Because $command.Name
            $command.Parameters.Keys | Should -Contain 'CodexPath' -Because $command.Name
        }
    }

    It 'gives every cmdlet that changes something -WhatIf' {
        foreach ($command in Get-Command -Module Codexport | Where-Object Verb -NotIn 'Get', 'Compare', 'Test') {
            $command.Parameters.Keys | Should -Contain 'WhatIf' -Because $command.Name
        }
    }
}

Describe 'every cmdlet' {
    It 'has a test file: <_>' -ForEach $cmdlets {
        Join-Path $PSScriptRoot "$_.Tests.ps1" | Should -Exist
    }

    It 'that writes a result is compared with the program''s --json: <_>' -ForEach $cmdlets {
        $results = (Get-Command $_).OutputType.Type | Where-Object Namespace -Like 'Codexport.*'
        if ($results) { Join-Path $PSScriptRoot "$_.Tests.ps1" | Should -FileContentMatch 'Assert-Same(Json|Field) ' }
    }

    It 'that writes a result has its views tested: <_>' -ForEach $cmdlets {
        $results = (Get-Command $_).OutputType.Type | Where-Object Namespace -Like 'Codexport.*'
        if ($results) { Join-Path $PSScriptRoot "$_.Tests.ps1" | Should -FileContentMatch 'Assert-View |Get-TableColumn ' }
    }

    It 'that changes something is tested with -WhatIf: <_>' -ForEach $cmdlets {
        if ((Get-Command $_).Parameters.ContainsKey('WhatIf')) { Join-Path $PSScriptRoot "$_.Tests.ps1" | Should -FileContentMatch '-WhatIf\b.*\| Should -BeNullOrEmpty' }
    }
}

Describe 'a result' {
    It 'is read in any case, and converts to JSON in the program''s' {
        $status = Get-CodexportStatus -HomePath $TestDrive
        $status.CodexFolder | Should -Be $status.codexFolder
        ConvertTo-Json $status | Should -BeLikeExactly '*"codexFolder"*'
        $status.PSObject.TypeNames[0] | Should -Be (Get-Command Get-CodexportStatus).OutputType.Name
    }
}

Describe 'the import' {
    It 'does nothing but import' {
        $userHome = New-Item -ItemType Directory (Join-Path $TestDrive 'empty')
        $saved = $env:HOME, $env:USERPROFILE
        try {
            $env:HOME = $env:USERPROFILE = $userHome.FullName
            # PowerShell itself may leave a cache of its own.
            & $pwsh -NoProfile -NonInteractive -Command exit
            $before = Get-ChildItem -Recurse -Force $userHome -Name
            $output = & $pwsh -NoProfile -NonInteractive -Command "Import-Module '$ModulePath'" *>&1
            $output | Should -BeNullOrEmpty
            Get-ChildItem -Recurse -Force $userHome -Name | Should -Be $before
        } finally {
            $env:HOME, $env:USERPROFILE = $saved
        }
    }

    It 'costs little beside the start of PowerShell' {
        # Both alternate, so that a load on the machine falls on both. Quiet machines are held to 60 ms by the benchmarks; this finds gross regressions.
        function Get-Time([string] $Command) { (Measure-Command { & $pwsh -NoProfile -NonInteractive -Command $Command }).TotalMilliseconds }
        $runs = 1..7 | ForEach-Object { [pscustomobject]@{ Start = Get-Time 'exit'; Import = Get-Time "Import-Module '$ModulePath'" } }
        $start = ($runs.Start | Sort-Object)[3]
        $cost = ($runs | ForEach-Object { $_.Import - $_.Start } | Sort-Object)[3]
        Write-Verbose "start $start ms, import $cost ms more"
        $cost | Should -BeLessThan ([Math]::Max(150, $start)) -Because "PowerShell itself took $start ms"
    }
}
